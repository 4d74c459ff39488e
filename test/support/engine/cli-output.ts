/** Reads what the Pulumi CLI prints with `--json`. */
import { HIDDEN } from "./compare.ts";
import type { Registered } from "./driver.ts";
import { STACK_TYPE } from "./stack.ts";
import { containsSecret, plainProperties, type Properties } from "./values.ts";

const PROVIDER_TYPE = "pulumi:providers:gcp";

/** One thing that the engine does, or would do, to a resource. */
export interface Step {
  /** `create`, `same`, `update`, `replace`, `delete`, … */
  readonly op: string;
  readonly urn: string;
}

/** A resource in the engine's state. */
interface State {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly inputs?: Properties;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly protect?: boolean;
}

interface Preview {
  readonly steps?: readonly (Step & { readonly newState?: State })[];
  readonly diagnostics?: readonly { readonly message: string }[];
}

/** A line of the other commands' output. */
interface Event {
  readonly resourcePreEvent?: { readonly metadata: Step };
  readonly diagnosticEvent?: { readonly message: string; readonly severity: string };
}

interface Checkpoint {
  readonly deployment: { readonly resources?: readonly State[] };
}

/** What a command said to the person, and what it did, in order, without what stays the same. */
export interface Report {
  readonly messages: readonly string[];
  readonly changes: readonly Step[];
}

/** `pulumi preview --json`. */
export function readPreview(
  stdout: string,
): Report & { readonly registered: readonly Registered[] } {
  const { steps = [], diagnostics = [] } = JSON.parse(stdout) as Preview;
  return {
    messages: diagnostics.map(({ message }) => message),
    changes: changesOf(steps),
    registered: registeredIn(steps.flatMap(({ newState }) => newState ?? [])),
  };
}

/** `pulumi up --json` and `pulumi destroy --json`: one event a line. */
export function readEvents(stdout: string): Report {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const events = lines.map((line) => JSON.parse(line) as Event);
  const diagnostics = events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []);
  return {
    messages: diagnostics
      .filter(({ severity }) => severity !== "debug")
      .map(({ message }) => message),
    changes: changesOf(events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? [])),
  };
}

/** `pulumi stack export --show-secrets`. */
export function readState(stdout: string): readonly Registered[] {
  return registeredIn((JSON.parse(stdout) as Checkpoint).deployment.resources ?? []);
}

function changesOf(steps: readonly Step[]): Step[] {
  return steps.filter(({ op }) => op !== "same").map(({ op, urn }) => ({ op, urn }));
}

function registeredIn(states: readonly State[]): Registered[] {
  return states.filter(({ type }) => type !== STACK_TYPE && type !== PROVIDER_TYPE).map(registered);
}

function registered(state: State): Registered {
  const { urn, type, inputs = {}, parent = "", dependencies = [] } = state;
  const sources = Object.entries(state.propertyDependencies ?? {});
  return {
    urn,
    type,
    name: urn.split("::").at(-1) ?? "",
    isCustom: state.custom,
    inputs: plainProperties(inputs),
    secretInputs: Object.keys(inputs).filter(
      (key) => containsSecret(inputs[key]) || inputs[key] === HIDDEN,
    ),
    parent,
    dependencies: dependencies.toSorted(),
    propertyDependencies: Object.fromEntries(
      sources
        .filter(([, urns]) => urns.length > 0)
        .map(([input, urns]) => [input, urns.toSorted()]),
    ),
    isProtected: state.protect ?? false,
  };
}
