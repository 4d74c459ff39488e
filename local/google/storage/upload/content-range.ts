/** `Content-Range` of an upload. Source: cloud.google.com/storage/docs/performing-resumable-uploads. */
import { invalid } from "../errors.ts";

export interface ContentRange {
  /** Undefined where the request only asks how far the upload is. */
  readonly first: number | undefined;
  /** Undefined where it is told by the end of the body. */
  readonly last: number | undefined;
  /** Undefined where it is not known yet. */
  readonly size: number | undefined;
}

const WHOLE: ContentRange = { first: 0, last: undefined, size: undefined };

/** Of `bytes 0-524287/2000000`, of one with an asterisk in place of what is not known, of none. Throws `invalid`. */
export function contentRangeOf(text: string | undefined): ContentRange {
  if (text === undefined) return WHOLE;
  const [match, range = "", first, last, size] =
    /^bytes (\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(text) ?? [];
  if (match === undefined) throw invalid(`Failed to parse Content-Range header: ${text}`);
  return {
    first: range === "*" ? undefined : numberOf(first),
    last: numberOf(last),
    size: numberOf(size),
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === "*" ? undefined : Number(text);
}
