/** Longer than any event that a workflows service takes. */
const MAX_LINE_CHARACTERS = 8_388_608;

/**
 * The lines of a request's body as they come; undefined for one that is too long, of which no more is kept than that. A
 * caller that goes away ends them, and so does `stopping`.
 */
export async function* requestLines(
  chunks: AsyncIterable<Uint8Array>,
  stopping: AbortSignal,
  maxCharacters: number = MAX_LINE_CHARACTERS,
): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  const take = (): string | undefined => {
    const line = length > maxCharacters ? undefined : parts.join("");
    parts = [];
    length = 0;
    return line;
  };
  const add = (part: string): void => {
    length += part.length;
    if (length > maxCharacters) parts = [];
    else parts.push(part);
  };
  try {
    for await (const chunk of untilAborted(chunks, stopping)) {
      const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
      add(first);
      for (const next of rest) {
        yield take();
        add(next);
      }
    }
    add(decoder.decode());
    if (length > 0) yield take();
  } catch {
    // It went away, and whatever of a line had come is not to be run.
  }
}

/** Leaves the source open: whoever sent it is still to be answered. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const { promise, resolve } = Promise.withResolvers<IteratorReturnResult<undefined>>();
  const stop = (): void => resolve({ done: true, value: undefined });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  const items = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const item = await Promise.race([items.next(), promise]);
      if (item.done === true) return;
      yield item.value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
