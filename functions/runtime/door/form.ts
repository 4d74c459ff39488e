import { readBody, requirePlain, unsupported } from "./body.ts";
import { HttpError } from "../errors.ts";
import type { Source } from "./visit.ts";

const URLENCODED = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data";

interface FormLimits {
  readonly maxBytes: number;
  /** Fields and files together. */
  readonly maxParts: number;
}

/**
 * The fields and files of a form, in memory: 400 for one that is malformed, 413, 415. A file's name is what its sender likes,
 * and no path.
 */
export async function readForm(
  source: Source,
  { maxBytes, maxParts }: FormLimits,
): Promise<FormData> {
  const accept = `${MULTIPART}, ${URLENCODED}`;
  const form = formOf(source.headers["content-type"] ?? "");
  if (form === undefined) {
    const message = `The Content-Type must be ${URLENCODED}, or ${MULTIPART} with a boundary.`;
    throw unsupported(message, "Content-Type", accept);
  }
  requirePlain(source.headers, accept);
  const body = await readBody(source, maxBytes);
  // Before they are told apart, which takes many times the memory.
  if (occursMoreThan(form.separatorsOf(maxParts), form.separator, body)) {
    throw new HttpError(413, "too_many_parts", `The form has more than ${maxParts} parts.`);
  }
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- for memory without bounds, which this has
    return await new Response(body, { headers: { "content-type": form.type } }).formData();
  } catch {
    throw new HttpError(400, "malformed_form", "The body is not a valid form.");
  }
}

interface Form {
  /** With no more than we read of it: whoever parses the body tells parts apart as we do. */
  readonly type: string;
  readonly separator: string;
  readonly separatorsOf: (parts: number) => number;
}

/** RFC 2046, 5.1.1 */
const BOUNDARY = /;\s*boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'+./-]{1,70}))\s*(?:;|$)/i;

/** Undefined for what is no form. */
function formOf(sent: string): Form | undefined {
  const kind = sent.split(";", 1)[0]?.trim().toLowerCase();
  if (kind === URLENCODED) {
    return { type: URLENCODED, separator: "&", separatorsOf: (parts) => parts - 1 };
  }
  const [, quoted, bare = quoted] = BOUNDARY.exec(sent) ?? [];
  if (kind !== MULTIPART || bare === undefined) return undefined;
  return {
    type: `${MULTIPART}; boundary="${bare}"`,
    separator: `--${bare}`,
    // One stands after the last.
    separatorsOf: (parts) => parts + 1,
  };
}

function occursMoreThan(max: number, text: string, body: Buffer): boolean {
  let at = body.indexOf(text);
  for (let count = 0; count < max && at !== -1; count += 1) {
    at = body.indexOf(text, at + text.length);
  }
  return at !== -1;
}
