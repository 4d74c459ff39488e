import type { HttpResponse } from "../../runtime/http-client.ts";
import type { Timers } from "../../runtime/timers.ts";

/**
 * The body of a response, closed once nothing has come for so many seconds: a socket whose other half is gone says
 * nothing by itself. The time in which nobody asks for the next chunk does not count. Whoever stops reading closes it.
 */
export async function* watched(
  response: HttpResponse,
  seconds: number,
  { after }: Pick<Timers, "after">,
): AsyncGenerator<Uint8Array> {
  const chunks = response.body[Symbol.asyncIterator]();
  const silence = new AbortController();
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const cancel = after(seconds, () => {
      silence.abort(new Error(`Nothing came for ${seconds} s.`));
      response.close();
    });
    const chunk = await chunks.next().finally(cancel);
    // One that is closed may end as if it had come to its end.
    silence.signal.throwIfAborted();
    return chunk;
  };
  for (let chunk = await next(); chunk.done !== true; chunk = await next()) yield chunk.value;
}
