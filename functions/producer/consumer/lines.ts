/** Longer than any answer with the consumer's own limits, escapes and all. */
const MAX_LINE_CHARACTERS = 16_777_216;

/** The lines of a text in UTF-8 that comes in chunks; throws for one that is too long to be kept. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  maxCharacters: number = MAX_LINE_CHARACTERS,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
    parts.push(first);
    length += first.length;
    for (const next of rest) {
      yield parts.join("");
      parts = [next];
      length = next.length;
    }
    if (length > maxCharacters) {
      throw new Error(`A line has more than ${maxCharacters} characters.`);
    }
  }
  const last = parts.join("") + decoder.decode();
  if (last !== "") yield last;
}
