/** What IAM decided: counted for reports, passed on to whoever listens. Memory does not grow with traffic. */
import { rowKey } from "../../infra/access.ts";
import type { AccessRequest, Binding, Decision, Refusal } from "./types.ts";

/** A binding that allowed something, or whose condition did not. */
interface Use {
  readonly binding: Binding;
  readonly count: number;
}

/** A question that was refused, or under `report` would have been. Times are milliseconds since the epoch. */
export interface Denial extends AccessRequest, Refusal {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

type DecisionListener = (decision: Decision) => void;

/** Distinct denials that are remembered. A client may ask for any number of names; the longest unseen are forgotten. */
export const MAX_DENIALS = 1000;

interface Counted<Value> {
  value: Value;
  /** The moment of the last use, counted in decisions: what `mark` hands out. */
  mark: number;
}

/** Every decision ends here. */
export class Feed {
  readonly #uses = new Map<string, Counted<Use>>();
  readonly #kept = new Map<string, Counted<Use>>();
  readonly #denials = new Map<string, Counted<Denial>>();
  readonly #listeners = new Set<DecisionListener>();
  #decisions = 0;
  #forgotten = 0;

  note(decision: Decision): void {
    this.#decisions += 1;
    if (decision.allowed) this.#count(this.#uses, decision.by);
    else this.#deny(decision, decision);
    for (const listener of this.#listeners) listener(decision);
  }

  /** Calls the listener with every decision from now on. Returns the function that ends it. */
  subscribe(listener: DecisionListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The present moment, for `usedSince` and `deniedSince`. */
  mark(): number {
    return this.#decisions;
  }

  /** Bindings that allowed something after the mark (0: ever), counts since the start, in the order of first use. */
  usedSince(mark: number): readonly Use[] {
    return since(this.#uses, mark);
  }

  /**
   * Bindings whose condition alone kept something from being allowed after the mark (0: ever), counts since the start, in the
   * order in which they first did.
   */
  keptSince(mark: number): readonly Use[] {
    return since(this.#kept, mark);
  }

  /** What was refused after the mark (0: ever), counts since the start, longest unseen first. */
  deniedSince(mark: number): readonly Denial[] {
    return since(this.#denials, mark);
  }

  /** How many distinct denials were dropped because there were more than `MAX_DENIALS`. */
  get forgotten(): number {
    return this.#forgotten;
  }

  #count(all: Map<string, Counted<Use>>, binding: Binding): void {
    const key = bindingKey(binding);
    const known = all.get(key);
    const count = (known?.value.count ?? 0) + 1;
    // The policy may have been replaced by one with an equal binding: counting goes on.
    all.set(key, { value: { binding, count }, mark: this.#decisions });
  }

  #deny(request: AccessRequest, { at, missing, unmet, beyond }: Refusal & { at: number }): void {
    for (const { binding } of unmet ?? []) this.#count(this.#kept, binding);
    const key = requestKey(request);
    const known = this.#denials.get(key)?.value;
    const count = (known?.count ?? 0) + 1;
    const firstAt = known?.firstAt ?? at;
    const refusal = { missing, ...(unmet && { unmet }), ...(beyond && { beyond }) };
    const value = { ...askedOf(request), ...refusal, count, firstAt, lastAt: at };
    this.#denials.delete(key);
    this.#denials.set(key, { value, mark: this.#decisions });
    if (this.#denials.size <= MAX_DENIALS) return;
    for (const oldest of this.#denials.keys()) {
      this.#denials.delete(oldest);
      this.#forgotten += 1;
      return;
    }
  }
}

/** Equal for equal bindings, whatever object holds them. */
export function bindingKey({ member, ...granted }: Binding): string {
  return rowKey({ principal: member, ...granted });
}

/** Equal for equal questions. */
export function requestKey({
  principal,
  permission,
  resource,
  boundary,
  attributes,
}: AccessRequest): string {
  const circumstances = [boundary, attributes?.api].map((each) =>
    each === undefined ? "" : JSON.stringify(each),
  );
  return [principal, permission, resource, ...circumstances].join("\n");
}

/** The question of a decision. */
function askedOf(decision: AccessRequest): AccessRequest {
  const { principal, boundary, permission, resource, parent, attributes } = decision;
  return {
    principal,
    ...(boundary && { boundary }),
    permission,
    resource,
    ...(parent !== undefined && { parent }),
    ...(attributes && { attributes }),
  };
}

function since<Value>(all: ReadonlyMap<string, Counted<Value>>, mark: number): readonly Value[] {
  return [...all.values()].filter((counted) => counted.mark > mark).map(({ value }) => value);
}
