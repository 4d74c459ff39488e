/** Names in ascending order of their UTF-8 bytes: finding a place among them costs next to nothing, however many there are. */
export class SortedNames {
  readonly #names: string[] = [];

  /** The name at that place, from 0; undefined beyond the last. */
  at(place: number): string | undefined {
    return this.#names[place];
  }

  add(name: string): void {
    const place = this.#placeOf(name);
    if (this.#names[place] !== name) this.#names.splice(place, 0, name);
  }

  remove(name: string): void {
    const place = this.#placeOf(name);
    if (this.#names[place] === name) this.#names.splice(place, 1);
  }

  /** The first place from which on the condition holds: of no name before it, and of all behind it. */
  first(holds: (name: string) => boolean, from = 0): number {
    let low = from;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const name = this.#names[middle];
      if (name === undefined || holds(name)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #placeOf(name: string): number {
    return this.first((each) => byBytes(each, name) >= 0);
  }
}

/** The order of lists. Source: cloud.google.com/storage/docs/json_api/v1/objects/list ("lexicographically", by UTF-8). */
export function byBytes(a: string, b: string): number {
  // UTF-16 orders code points beyond the Basic Multilingual Plane before some within it.
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
