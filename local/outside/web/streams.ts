/** Bodies that do not come at once. */
import { Readable } from "node:stream";
import type { Clock, Timer } from "../../clock.ts";

const PIECE = Buffer.alloc(64 * 1024, "lorem ipsum dolor sit amet ");

/** So many bytes of text, made as they are read. */
export function filler(bytes: number): Readable {
  const pieces = function* () {
    for (let left = bytes; left > 0; left -= PIECE.length) yield PIECE.subarray(0, left);
  };
  return Readable.from(pieces(), { objectMode: false });
}

/** A piece now, and the next each so many milliseconds of the clock; Infinity: never. */
export function paced(clock: Clock, pieces: readonly string[], ms: number): Readable {
  const left = [...pieces];
  let timer: Timer | undefined;
  let due = clock.now();
  const next = (body: Readable): void => {
    if (left.length === 0) body.push(null);
    else body.push(left.shift());
    due += ms;
  };
  return new Readable({
    highWaterMark: 0,
    read() {
      if (due <= clock.now()) next(this);
      else if (due < Infinity) timer = clock.at(due, () => next(this));
    },
    destroy(error, done) {
      timer?.cancel();
      done(error);
    },
  });
}

/** The text; then the connection breaks. */
export function broken(text: string): Readable {
  const pieces = function* () {
    yield Buffer.from(text);
    throw new Error("The connection was broken by the page.");
  };
  return Readable.from(pieces(), { objectMode: false });
}
