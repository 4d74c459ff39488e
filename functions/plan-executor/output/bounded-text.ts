const NEWLINE = 0x0a;

/** Text that arrives in pieces, of which at most so much is kept: its beginning and its end, in whole lines. */
export class BoundedText {
  readonly #maxHead: number;
  readonly #maxTail: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  readonly #tail: Buffer[] = [];
  #tailBytes = 0;
  #total = 0;

  /** `head` and `tail` in bytes. */
  constructor({ head, tail }: { readonly head: number; readonly tail: number }) {
    this.#maxHead = head;
    this.#maxTail = tail;
  }

  add(chunk: Buffer): void {
    this.#total += chunk.length;
    const room = Math.max(0, this.#maxHead - this.#headBytes);
    const first = chunk.subarray(0, room);
    if (first.length > 0) this.#head.push(first);
    this.#headBytes += first.length;
    const rest = chunk.subarray(room);
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    for (let oldest = this.#tail[0]; oldest !== undefined; oldest = this.#tail[0]) {
      if (this.#tailBytes - oldest.length < this.#maxTail) break;
      this.#tail.shift();
      this.#tailBytes -= oldest.length;
    }
  }

  /** What was kept. Where bytes are left out between the two, both are cut at the end of a line. */
  read(): { readonly head: string; readonly tail: string; readonly omittedBytes: number } {
    const head = Buffer.concat(this.#head);
    const kept = Buffer.concat(this.#tail);
    const tail = kept.subarray(Math.max(0, kept.length - this.#maxTail));
    if (head.length + tail.length === this.#total) {
      return { head: Buffer.concat([head, tail]).toString(), tail: "", omittedBytes: 0 };
    }
    const before = head.subarray(0, head.lastIndexOf(NEWLINE) + 1);
    const cut = tail.indexOf(NEWLINE);
    const after = cut === -1 ? tail.subarray(tail.length) : tail.subarray(cut + 1);
    return {
      head: before.toString(),
      tail: after.toString(),
      omittedBytes: this.#total - before.length - after.length,
    };
  }
}
