/** The boundaries of tokens that are still good. They would be too long for a header, so tokens name them only. */
import { createHash } from "node:crypto";
import type { Boundary } from "../iam/types.ts";

interface Kept {
  readonly boundary: Boundary;
  /** Seconds since the epoch. */
  readonly until: number;
}

export class Boundaries {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  /** @param now Milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Keeps a boundary until then, in seconds since the epoch; equal ones once. Returns its name. */
  keep(boundary: Boundary, until: number): string {
    for (const [name, kept] of this.#kept) {
      if (kept.until <= this.#now() / 1000) this.#kept.delete(name);
    }
    const name = createHash("sha256").update(JSON.stringify(boundary)).digest("base64url");
    const known = this.#kept.get(name);
    this.#kept.set(name, {
      boundary: known?.boundary ?? boundary,
      until: Math.max(until, known?.until ?? 0),
    });
    return name;
  }

  get(name: string): Boundary | undefined {
    return this.#kept.get(name)?.boundary;
  }
}
