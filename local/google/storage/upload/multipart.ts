/** An upload of metadata and bytes in one body: multipart/related, RFC 2387. */
import { invalid } from "../errors.ts";
import { jsonOf, type Json } from "../json.ts";

export interface Parts {
  readonly resource: Json;
  readonly bytes: Buffer;
  /** Of the second part. */
  readonly contentType: string | undefined;
}

/** The two parts. Throws `invalid` for any other number of them. */
export function partsOf(contentType: string, body: Buffer): Parts {
  // gcloud puts the boundary between apostrophes.
  const boundary = /;\s*boundary=(["']?)([^"';]+)\1/i.exec(contentType)?.[2]?.trim();
  if (boundary === undefined) throw invalid("Malformed multipart body: no boundary.");
  const opening = `--${boundary}`;
  const start = body.indexOf(opening) + opening.length;
  // Python's generator, and so gcloud, ends lines by a line feed alone.
  const lineEnd = body.subarray(start, start + 2).toString() === "\r\n" ? "\r\n" : "\n";
  const parts = split(body, start, lineEnd + opening).map((part) => partOf(part, lineEnd));
  const [metadata, media, ...others] = parts;
  if (metadata === undefined || media === undefined || others.length > 0) {
    throw invalid("Malformed multipart body: expected metadata and media.");
  }
  return {
    resource: jsonOf(metadata.content),
    bytes: media.content,
    contentType: /^content-type:\s*(.*?)\s*$/im.exec(media.head)?.[1],
  };
}

/** What stands between two boundaries. Nothing of the body is copied. */
function split(body: Buffer, start: number, delimiter: string): Buffer[] {
  const parts: Buffer[] = [];
  let from = start;
  for (;;) {
    const end = body.indexOf(delimiter, from);
    if (end < 0) return parts;
    parts.push(body.subarray(from, end));
    from = end + delimiter.length;
  }
}

function partOf(part: Buffer, lineEnd: string): { head: string; content: Buffer } {
  const separator = lineEnd + lineEnd;
  const end = part.indexOf(separator);
  if (end < 0) throw invalid("Malformed multipart body: a part without an end of its headers.");
  return {
    head: part.subarray(0, end).toString(),
    content: part.subarray(end + separator.length),
  };
}
