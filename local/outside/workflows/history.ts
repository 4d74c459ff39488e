/** What is remembered, within bounds. */

export interface Bounds {
  readonly entries: number;
  readonly bytes: number;
}

/** The newest entries. The oldest go when there are too many, or when they are too large together. */
export class History<Entry> {
  readonly #bounds: Bounds;
  readonly #dropped: (entry: Entry) => void;
  readonly #kept: { readonly entry: Entry; readonly bytes: number }[] = [];
  #bytes = 0;

  /** `dropped` is told of each entry that goes. */
  constructor(bounds: Bounds, dropped: (entry: Entry) => void = () => undefined) {
    this.#bounds = bounds;
    this.#dropped = dropped;
  }

  /** Oldest first. */
  get all(): readonly Entry[] {
    return this.#kept.map(({ entry }) => entry);
  }

  get size(): number {
    return this.#kept.length;
  }

  /** The last so many, newest first. */
  newest(count: number): readonly Entry[] {
    return this.#kept
      .slice(-count)
      .map(({ entry }) => entry)
      .reverse();
  }

  note(entry: Entry, bytes = 0): void {
    this.#kept.push({ entry, bytes });
    this.#bytes += bytes;
    while (this.#kept.length > this.#bounds.entries || this.#bytes > this.#bounds.bytes) {
      const oldest = this.#kept.shift();
      if (oldest === undefined) return;
      this.#bytes -= oldest.bytes;
      this.#dropped(oldest.entry);
    }
  }
}
