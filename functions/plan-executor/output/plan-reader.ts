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
  mode: v.optional(v.string()),
  previous_address: v.optional(v.string()),
  change: Change,
});
type ResourceChange = v.InferOutput<typeof ResourceChange>;

type Rules = Pick<PlanSettings, "max_destroys" | "protected">;

type Counts = Omit<PlanSummary, "destroys" | "violations">;

/** Reads what `tofu show -json` prints: the counts, and the values that must not be shown. Nothing else is kept. */
export class PlanReader {
  readonly #picker = new JsonPicker(this.#wanted());
  readonly #settings: Rules;
  readonly #sensitive: (value: string) => void;
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
  } satisfies Counts;
  readonly #destroys: PlanSummary["destroys"] = [];
  readonly #protected: string[] = [];
  readonly #variables = new Map<string, unknown>();
  readonly #sensitiveVariables = new Set<string>();
  #format: unknown;
  #problem: Error | undefined;

  constructor(settings: Rules, sensitive: (value: string) => void) {
    this.#settings = settings;
    this.#sensitive = sensitive;
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
  finish(): PlanSummary {
    if (this.#problem !== undefined) throw this.#problem;
    if (typeof this.#format !== "string" || !this.#format.startsWith("1.")) {
      throw new Error(`The plan has the format ${String(this.#format)}; 1.x is known.`);
    }
    for (const name of this.#sensitiveVariables) {
      for (const leaf of leavesOf(this.#variables.get(name))) this.#sensitive(leaf);
    }
    return { ...this.#counts, destroys: this.#destroys, violations: this.#violations() };
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
      output_changes: { "*": (value) => this.#output(v.parse(Change, value)) },
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

  #resource({ address, mode, previous_address: previous, change }: ResourceChange): void {
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
    const pattern = this.#settings.protected.find((each) => fits(each, address));
    if (pattern === undefined) return;
    const happens = action === "replace" ? "replaced" : "destroyed";
    this.#protected.push(`${address} would be ${happens}, and is protected (${pattern}).`);
  }

  #drift({ change }: ResourceChange): void {
    this.#hide(change);
    if (!change.actions.includes("no-op")) this.#counts.drift += 1;
  }

  #output(change: Change): void {
    this.#hide(change);
    if (!change.actions.includes("no-op")) this.#counts.outputs += 1;
  }

  #hide({ before, after, before_sensitive, after_sensitive }: Change): void {
    for (const leaf of sensitiveLeaves(before, before_sensitive)) this.#sensitive(leaf);
    for (const leaf of sensitiveLeaves(after, after_sensitive)) this.#sensitive(leaf);
  }

  #state(value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    const { values, sensitive_values, value: output, sensitive } = value as Record<string, unknown>;
    for (const leaf of sensitiveLeaves(values, sensitive_values)) this.#sensitive(leaf);
    for (const leaf of sensitiveLeaves(output, sensitive)) this.#sensitive(leaf);
  }

  #violations(): string[] {
    const { max_destroys: max } = this.#settings;
    const { destroy } = this.#counts;
    const tooMany =
      max !== undefined && destroy > max
        ? [`${destroy} resources would be destroyed or replaced; max_destroys allows ${max}.`]
        : [];
    return [...tooMany, ...this.#protected].slice(0, MAX_VIOLATIONS);
  }
}
