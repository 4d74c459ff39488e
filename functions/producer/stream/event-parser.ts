import { createParser } from "eventsource-parser";

/** What an event stream brought. */
export type Parsed =
  | { readonly kind: "event"; readonly id: string | undefined; readonly data: string }
  /** A sign of life. */
  | { readonly kind: "comment" }
  /** An event that was left out, for its size. Its id, where it came first. */
  | { readonly kind: "too-large"; readonly id: string | undefined };

/** Text is looked at in pieces, so that a limit is passed by one of them at most. */
const PIECE = 16_384;
const BLANK_LINE = /\r\n\r\n|\n\n|\r\r/;
const LONGEST_BLANK_LINE = 4;

/**
 * Makes a parser of one event stream, byte chunks in. However long an event is, little more than `maxCharacters` of it are
 * kept: it is left out, and what follows it is parsed.
 */
export function eventParser(maxCharacters: number): (chunk: Uint8Array) => readonly Parsed[] {
  const decoder = new TextDecoder();
  let parsed: Parsed[] = [];
  let blocks = 0;
  const parser = createParser({
    onEvent: ({ id, data }) => {
      blocks += 1;
      parsed.push({ kind: "event", id, data });
    },
    onComment: () => {
      blocks += 1;
      parsed.push({ kind: "comment" });
    },
    onId: () => {
      blocks += 1;
    },
  });
  /** Characters since a block began, or a little more. */
  let length = 0;
  /** The first of them, with what came just before. */
  let head = "";
  /** The last characters of what is being left out; undefined while nothing is. */
  let leftOut: string | undefined;

  const feed = (piece: string): void => {
    const before = blocks;
    parser.feed(piece);
    const isNewBlock = blocks > before;
    length = isNewBlock ? piece.length : length + piece.length;
    if (isNewBlock) head = piece;
    else if (head.length < PIECE) head += piece;
    if (length <= maxCharacters) return;
    parsed.push({ kind: "too-large", id: idIn(head) });
    parser.reset();
    leftOut = piece.slice(-LONGEST_BLANK_LINE);
  };
  const leaveOut = (piece: string, before: string): void => {
    const text = before + piece;
    const end = BLANK_LINE.exec(text);
    if (end === null) {
      leftOut = text.slice(1 - LONGEST_BLANK_LINE);
      return;
    }
    leftOut = undefined;
    length = 0;
    head = "";
    feed(text.slice(end.index + end[0].length));
  };
  return (chunk) => {
    parsed = [];
    const text = decoder.decode(chunk, { stream: true });
    for (let at = 0; at < text.length; at += PIECE) {
      const piece = text.slice(at, at + PIECE);
      if (leftOut === undefined) feed(piece);
      else leaveOut(piece, leftOut);
    }
    return parsed;
  };
}

/** Of the block that begins last in a text. */
function idIn(text: string): string | undefined {
  let start = 0;
  for (const end of text.matchAll(new RegExp(BLANK_LINE, "g"))) start = end.index + end[0].length;
  return /^id: ?([^\r\n]+)[\r\n]/m.exec(text.slice(start))?.[1];
}
