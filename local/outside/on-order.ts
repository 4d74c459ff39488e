/** Trouble that a person or a test has ordered, until it has happened as often as was ordered. */

const MAX_ORDERED = 1000;

/** Too many faults are waiting. */
export class TooMany extends Error {
  override readonly name = "TooMany";
}

/** Faults in the order in which they were ordered. */
export class OnOrder<Fault extends { readonly times: number }> {
  readonly #ordered: { readonly fault: Fault; left: number }[] = [];

  /** Those that are still to happen, with how often. */
  get all(): readonly Fault[] {
    return this.#ordered.map(({ fault, left }) => ({ ...fault, times: left }));
  }

  /** Throws TooMany at 1,000 that are waiting. */
  add(fault: Fault): void {
    if (this.#ordered.length >= MAX_ORDERED) {
      throw new TooMany(`There are ${MAX_ORDERED} faults on order already.`);
    }
    this.#ordered.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#ordered.length = 0;
  }

  /** The first that fits happens once more. */
  take<Found extends Fault>(fits: (fault: Fault) => fault is Found): Found | undefined;
  take(fits: (fault: Fault) => boolean): Fault | undefined;
  take(fits: (fault: Fault) => boolean): Fault | undefined {
    const index = this.#ordered.findIndex(({ fault }) => fits(fault));
    const found = this.#ordered[index];
    if (found === undefined) return undefined;
    found.left--;
    if (found.left === 0) this.#ordered.splice(index, 1);
    return found.fault;
  }
}
