/** Bodies of requests, within Google's limit. */
import { drainedBodyOf, type LocalRequest } from "../../http/message.ts";
import { badFields, invalid } from "./errors.ts";

/** Of requests with data in them: ai.google.dev/gemini-api/docs/files. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Throws a GeminiError. */
export async function textOfBody(request: Pick<LocalRequest, "body">): Promise<string> {
  const bytes = await drainedBodyOf(request, MAX_BODY_BYTES);
  if (bytes !== undefined) return bytes.toString();
  throw invalid(`Request payload size exceeds the limit: ${MAX_BODY_BYTES} bytes.`);
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
