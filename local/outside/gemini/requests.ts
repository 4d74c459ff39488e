/** What was asked, for assertions and for the page. No key is kept, wherever it was sent. */
import { createHash } from "node:crypto";

export interface RecordedRequest {
  readonly at: number;
  readonly method: string;
  /** Without the query, where a key may be. */
  readonly path: string;
  /** Undefined where the path names none. */
  readonly model: string | undefined;
  /** Where keys were: Google takes one in the URL, too, from where it gets into logs. */
  readonly keyIn: readonly ("header" | "query" | "authorization")[];
  /** `fingerprintOf` the key; undefined without one. */
  readonly key: string | undefined;
  /** As it was sent. */
  readonly body: string;
  /** Undefined where no answer was given. */
  readonly status: number | undefined;
}

const MAX_ENTRIES = 5000;
const MAX_BYTES = 64 * 1024 * 1024;

/** The newest 5,000 requests, or fewer where they are larger than 64 MiB together. */
export class Requests {
  readonly #kept: RecordedRequest[] = [];
  #bytes = 0;

  /** Oldest first. */
  get all(): readonly RecordedRequest[] {
    return [...this.#kept];
  }

  note(request: RecordedRequest): void {
    this.#kept.push(request);
    this.#bytes += request.body.length;
    while (this.#kept.length > MAX_ENTRIES || this.#bytes > MAX_BYTES) {
      this.#bytes -= this.#kept.shift()?.body.length ?? 0;
    }
  }

  clear(): void {
    this.#kept.length = 0;
    this.#bytes = 0;
  }
}

/** Tells one key from another, and no more. */
export function fingerprintOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 12);
}
