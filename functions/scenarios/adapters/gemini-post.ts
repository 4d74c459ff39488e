import type { GeminiPorts } from "../gemini/call.ts";

/** Pictures are the largest answers. */
const MAX_ANSWER_BYTES = 16_777_216;

/** Posts by fetch. Google's own client would bring half a megabyte for one kind of request. */
export const postToGemini: GeminiPorts["post"] = async (request) => {
  const timeout = AbortSignal.timeout(request.timeoutSeconds * 1000);
  const response = await fetch(request.url, {
    method: "POST",
    headers: request.headers,
    body: request.body,
    // A redirect would take the key to wherever it leads.
    redirect: "error",
    signal: AbortSignal.any([request.signal, timeout]),
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const parts: ReadableStream<Uint8Array> | null = response.body;
  for await (const chunk of parts ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("The answer is too large.");
    chunks.push(chunk);
  }
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after") ?? undefined,
    body: Buffer.concat(chunks).toString(),
  };
};
