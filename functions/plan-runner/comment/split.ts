import { wholeEnd } from "./escape.ts";

/**
 * Parts a text at its line ends, a line that is longer than a part anywhere. Joined they are the text again.
 * @param first room in the first part, in UTF-16 code units, at least 2
 * @param rest room in each further part, at least 2
 * @returns undefined where more than `maxParts` would be needed
 */
export function split(
  text: string,
  first: number,
  rest: number,
  maxParts: number,
): string[] | undefined {
  if (text.length > first + rest * (maxParts - 1)) return undefined;
  const parts: string[] = [];
  let start = 0;
  do {
    if (parts.length === maxParts) return undefined;
    const end = endOf(text, start, parts.length === 0 ? first : rest);
    parts.push(text.slice(start, end));
    start = end;
  } while (start < text.length);
  return parts;
}

/**
 * The beginning and the end of a text, with a line between them that says so.
 * @param room what it may take, in UTF-16 code units, at least 100
 */
export function excerpt(text: string, room: number): string {
  if (text.length <= room) return text;
  const gap = "\n… left out here …\n\n";
  const half = Math.floor((room - gap.length) / 2);
  const head = text.slice(0, endOf(text, 0, half));
  const from = text.length - half;
  const lineStart = text.indexOf("\n", from) + 1;
  const hasLine = lineStart > 0 && lineStart < text.length;
  const whole = wholeEnd(text, from) === from ? from : from + 1;
  return `${head}${gap}${text.slice(hasLine ? lineStart : whole)}`;
}

function endOf(text: string, start: number, room: number): number {
  if (text.length - start <= room) return text.length;
  const lineEnd = text.lastIndexOf("\n", start + room - 1);
  return lineEnd >= start ? lineEnd + 1 : wholeEnd(text, start + room);
}
