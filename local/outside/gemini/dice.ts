import { createHash } from "node:crypto";

/** Numbers that look like chance and are the same for the same seed, on every machine. */
export class Dice {
  #state: number;

  constructor(seed: string) {
    this.#state = createHash("sha256").update(seed).digest().readUInt32LE();
  }

  /** 0 ≤ n < below. */
  int(below: number): number {
    return Math.floor(this.#next() * below);
  }

  /** -1 ≤ n < 1. */
  signed(): number {
    return this.#next() * 2 - 1;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.int(items.length)] ?? items[0];
  }

  /** Mulberry32: one addition and a few shuffled bits a number. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }
}
