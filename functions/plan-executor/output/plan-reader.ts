import * as v from "valibot";
import type { PlanSummary } from "../../messages/plan-execution.ts";
import type { PlanSettings } from "../../messages/plan-request.ts";
import { fits } from "./glob.ts";
import { JsonPicker } from "./json-picker.ts";
import type { Wanted } from "./json-picker.ts";
import { leavesOf, sensitiveLeaves } from "./sensitive.ts";

/** How many addresses a summary lists. */
const MAX_DESTROYS = 200;
const MAX_VIOLATIONS = 50;
/** How many failed checks it lists, and what of each. */
const MAX_FAILURES = 50;
const MAX_PROBLEMS = 5;

const Change = v.object({
  actions: v.array(v.string()),
  before: v.optional(v.unknown()),
  after: v.optional(v.unknown()),
  before_sensitive: v.optional(v.unknown()),
  after_sensitive: v.optional(v.unknown()),
  importing: v.optional(v.unknown()),
});
type Change = v.InferOutput<typeof Change>;

const ResourceChange = v.object({
  address: v.string(),
  /** Absent in the root module. */
  module_address: v.optional(v.string()),
  mode: v.optional(v.string()),
  previous_address: v.optional(v.string()),
  change: Change,
});
type ResourceChange = v.InferOutput<typeof ResourceChange>;

const Named = v.object({ to_display: v.string() });
/** What may have conditions: a `check` block, but a resource and an output too. */
const Checked = v.object({
  address: Named,
  status: v.string(),
  instances: v.optional(
    v.array(
      v.object({
        address: Named,
        status: v.string(),
        problems: v.optional(v.array(v.object({ message: v.string() })), []),
      }),
    ),
    [],
  ),
});
type Checked = v.InferOutput<typeof Checked>;

type Rules = Pick<PlanSettings, "max_destroys" | "max_failed_checks" | "protected">;

/** What the plan itself holds; warnings are printed beside it. */
type Summary = Omit<PlanSummary, "warnings">;
type Counts = Omit<Summary, "destroys" | "violations" | "failures">;

/** Takes what is found in a plan besides the counts. */
interface Found {
  /** A value that must not be shown. */
  addSensitive(value: string): void;
  /** An address, or a name of an output. */
  addName(name: string): void;
}

/** Reads what `tofu show -json` prints: the counts, and the values that must not be shown. Nothing else is kept. */
export class PlanReader {
  readonly #picker = new JsonPicker(this.#wanted());
  readonly #settings: Rules;
  readonly #found: Found;
  readonly #counts = {
    add: 0,
    change: 0,
    destroy: 0,
    replace: 0,
    import: 0,
    forget: 0,
    move: 0,
    drift: 0,
    outputs: 0,
    failed_checks: 0,
  } satisfies Counts;
  readonly #destroys: PlanSummary["destroys"] = [];
  readonly #protected: string[] = [];
  readonly #failures: PlanSummary["failures"] = [];
  readonly #variables = new Map<string, unknown>();
  readonly #sensitiveVariables = new Set<string>();
  #format: unknown;
  #problem: Error | undefined;

  constructor(settings: Rules, found: Found) {
    this.#settings = settings;
    this.#found = found;
  }

  /** Never throws: whoever prints the plan is not to be disturbed. */
  add(chunk: Buffer): void {
    if (this.#problem !== undefined) return;
    try {
      this.#picker.add(chunk);
    } catch (error) {
      this.#problem = error instanceof Error ? error : new Error("It could not be read.");
    }
  }

  /** Once all was read. Throws where this was no plan of a form that is known (format_version 1.x). */
  finish(): Summary {
    if (this.#problem !== undefined) throw this.#problem;
    if (typeof this.#format !== "string" || !this.#format.startsWith("1.")) {
      throw new Error(`The plan has the format ${String(this.#format)}; 1.x is known.`);
    }
    for (const name of this.#sensitiveVariables) {
      for (const leaf of leavesOf(this.#variables.get(name))) this.#found.addSensitive(leaf);
    }
    return {
      ...this.#counts,
      destroys: this.#destroys,
      violations: this.#violations(),
      failures: this.#failures,
    };
  }

  /** The parts of opentofu.org/docs/internals/json-format that are looked at. */
  #wanted(): Wanted {
    const module: Record<string, Wanted[string]> = {
      resources: { "*": (value) => this.#state(value) },
    };
    module.child_modules = { "*": module };
    return {
      format_version: (value) => (this.#format = value),
      resource_changes: { "*": (value) => this.#resource(v.parse(ResourceChange, value)) },
      resource_drift: { "*": (value) => this.#drift(v.parse(ResourceChange, value)) },
      output_changes: { "*": (value, name) => this.#output(name, v.parse(Change, value)) },
      checks: { "*": (value) => this.#checked(v.parse(Checked, value)) },
      prior_state: {
        values: { root_module: module, outputs: { "*": (value) => this.#state(value) } },
      },
      variables: { "*": (value, name) => this.#variables.set(name, value) },
      configuration: {
        root_module: {
          variables: {
            "*": (value, name) => {
              if (v.is(v.object({ sensitive: v.literal(true) }), value)) {
                this.#sensitiveVariables.add(name);
              }
            },
          },
        },
      },
    };
  }

  #resource(resource: ResourceChange): void {
    const { address, mode, previous_address: previous, change } = resource;
    this.#found.addName(address);
    if (previous !== undefined) this.#found.addName(previous);
    this.#hide(change);
    const counts = this.#counts;
    if (previous !== undefined && previous !== address) counts.move += 1;
    if (change.importing !== undefined && change.importing !== null) counts.import += 1;
    if (mode === "data") return;
    const actions = new Set(change.actions);
    if (actions.has("create")) counts.add += 1;
    if (actions.has("update")) counts.change += 1;
    if (actions.has("forget")) counts.forget += 1;
    if (!actions.has("delete")) return;
    const action = actions.has("create") ? "replace" : "delete";
    counts.destroy += 1;
    if (action === "replace") counts.replace += 1;
    if (this.#destroys.length < MAX_DESTROYS) this.#destroys.push({ address, action });
    const pattern = this.#settings.protected.find((each) => isProtected(each, resource));
    if (pattern === undefined) return;
    const happens = action === "replace" ? "replaced" : "destroyed";
    this.#protected.push(`${address} would be ${happens}, and is protected (${pattern}).`);
  }

  #checked({ address, status, instances }: Checked): void {
    // One whose module was not expanded has no instances.
    const all = instances.length > 0 ? instances : [{ address, status, problems: [] }];
    for (const each of all) {
      if (each.status !== "fail" && each.status !== "error") continue;
      this.#counts.failed_checks += 1;
      if (this.#failures.length === MAX_FAILURES) continue;
      const messages = each.problems.map(({ message }) => message);
      const more = messages.length - MAX_PROBLEMS;
      const rest = more > 0 ? [`… and ${more} more`] : [];
      const problems = [...messages.slice(0, MAX_PROBLEMS), ...rest];
      this.#failures.push({ address: each.address.to_display, problems });
    }
  }

  #drift({ address, change }: ResourceChange): void {
    this.#found.addName(address);
    this.#hide(change);
    if (!change.actions.includes("no-op")) this.#counts.drift += 1;
  }

  #output(name: string, change: Change): void {
    this.#found.addName(name);
    this.#hide(change);
    if (!change.actions.includes("no-op")) this.#counts.outputs += 1;
  }

  #hide({ before, after, before_sensitive, after_sensitive }: Change): void {
    for (const leaf of sensitiveLeaves(before, before_sensitive)) this.#found.addSensitive(leaf);
    for (const leaf of sensitiveLeaves(after, after_sensitive)) this.#found.addSensitive(leaf);
  }

  #state(value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    const { values, sensitive_values, value: output, sensitive } = value as Record<string, unknown>;
    for (const leaf of sensitiveLeaves(values, sensitive_values)) this.#found.addSensitive(leaf);
    for (const leaf of sensitiveLeaves(output, sensitive)) this.#found.addSensitive(leaf);
  }

  #violations(): string[] {
    const { max_destroys: max, max_failed_checks: maxFailed } = this.#settings;
    const { destroy, failed_checks: failed } = this.#counts;
    const tooMany =
      max !== undefined && destroy > max
        ? [`${destroy} resources would be destroyed or replaced; max_destroys allows ${max}.`]
        : [];
    const tooManyFail =
      maxFailed !== undefined && failed > maxFailed
        ? [
            `${failed} ${failed === 1 ? "check" : "checks"} failed; max_failed_checks allows ${maxFailed}.`,
          ]
        : [];
    return [...tooMany, ...tooManyFail, ...this.#protected].slice(0, MAX_VIOLATIONS);
  }
}

/**
 * Whether a pattern means a resource: by its whole address, or by its address within its module. What is no more than the
 * beginning of an address means all that it is the beginning of: a type, a module, every instance of a resource.
 */
function isProtected(
  pattern: string,
  { address, module_address: module }: ResourceChange,
): boolean {
  const within = module === undefined ? address : address.slice(module.length + 1);
  return [pattern, `${pattern}.*`, `${pattern}[*`].some(
    (each) => fits(each, address) || fits(each, within),
  );
}
