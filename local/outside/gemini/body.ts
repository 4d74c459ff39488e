/** Bodies of requests, within Google's limit. */
import type { LocalRequest } from "../../http.ts";
import { badFields, invalid } from "./errors.ts";

/** Of requests with data in them: ai.google.dev/gemini-api/docs/files. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Takes in all of it, and keeps no more than is allowed: a sender that is cut off would not read the answer. Throws a GeminiError. */
export async function textOfBody({ body }: Pick<LocalRequest, "body">): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of (Buffer.isBuffer(body) ? [body] : body) as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length <= MAX_BODY_BYTES) pieces.push(piece);
    else pieces.length = 0;
  }
  if (length > MAX_BODY_BYTES) {
    throw invalid(`Request payload size exceeds the limit: ${MAX_BODY_BYTES} bytes.`);
  }
  return Buffer.concat(pieces).toString();
}

/** The JSON of a body; an empty message where there is none. Throws a GeminiError. */
export function jsonOf(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    const description = "Invalid JSON payload received. The body is no JSON.";
    throw badFields([{ field: "", description }]);
  }
}
