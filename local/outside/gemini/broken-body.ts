import { Readable } from "node:stream";
import { bodyOf, type LocalResponse } from "../../http/message.ts";

/** The first half of an answer; then the connection breaks. */
export async function brokenBody(answer: LocalResponse): Promise<LocalResponse> {
  const bytes = await bodyOf(answer);
  const pieces = function* () {
    yield bytes.subarray(0, bytes.length >> 1);
    throw new Error("The connection was broken on order.");
  };
  return { ...answer, body: Readable.from(pieces()) };
}
