import { Readable } from "node:stream";

/** The body of an answer that is written piece by piece, and read at the pace of whoever it is for. */
export class PacedBody {
  readonly readable: Readable;
  readonly #pieces: Buffer[] = [];
  #unread = 0;
  #isWanted = false;
  #ending: "end" | "break" | undefined;

  constructor() {
    this.readable = new Readable({ highWaterMark: 0, read: () => this.#pass() });
  }

  /** Bytes that nobody has taken yet. */
  get unread(): number {
    return this.#unread;
  }

  write(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#unread += piece.length;
    if (this.#isWanted) this.#pass();
  }

  /** `break`: the connection breaks after what was written, instead of an end. */
  end(ending: "end" | "break"): void {
    this.#ending = ending;
    if (this.#isWanted) this.#pass();
  }

  #pass(): void {
    const piece = this.#pieces.shift();
    this.#isWanted = piece === undefined && this.#ending === undefined;
    if (piece !== undefined) {
      this.#unread -= piece.length;
      this.readable.push(piece);
    } else if (this.#ending === "end") this.readable.push(null);
    else if (this.#ending === "break") {
      this.readable.destroy(new Error("The connection was broken on order."));
    }
  }
}
