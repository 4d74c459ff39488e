/** Answers without a body. */
import type { LocalResponse } from "../../http/message.ts";

export function noContent(): LocalResponse {
  return { status: 204, headers: [], body: Buffer.alloc(0) };
}

export function notModified(): LocalResponse {
  return { status: 304, headers: [], body: Buffer.alloc(0) };
}
