/** Keeps equal lines from flooding the log: one in a second, and the next says how many were held back. */

const REPEAT_MS = 1000;
/** Lines whose last time is remembered. */
const MAX_REMEMBERED = 1000;

export class Repeats {
  readonly #lines = new Map<string, { readonly at: number; heldBack: number }>();

  /**
   * How many lines of that key were held back since the last one that was said; undefined where this one is to be held
   * back too. `at` in milliseconds since the epoch.
   */
  say(key: string, at: number): number | undefined {
    const last = this.#lines.get(key);
    if (last !== undefined && at - last.at < REPEAT_MS) {
      last.heldBack += 1;
      return undefined;
    }
    this.#lines.delete(key);
    this.#lines.set(key, { at, heldBack: 0 });
    const oldest = this.#lines.keys().next().value;
    if (this.#lines.size > MAX_REMEMBERED && oldest !== undefined) this.#lines.delete(oldest);
    return last?.heldBack ?? 0;
  }
}

/** What a line says of those that were held back before it. */
export function andMore(heldBack: number): string {
  return heldBack === 0 ? "" : ` (${heldBack} more since the last line)`;
}
