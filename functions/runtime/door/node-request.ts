import { onDemand } from "../on-demand.ts";
import type { Visit } from "./visit.ts";

/** Whoever needs the role's own address has it in its environment; Host says what the client likes. */
const ORIGIN = "http://role";

/**
 * The Request that Hono works with. Its URL is the text that was sent, behind a made-up origin. It has no body to read:
 * readJson, readForm and streamBody know how much of one may come.
 */
export function requestOf({ source, method, signal }: Visit): Request {
  const known = {
    method: method === "HEAD" ? "GET" : method,
    url: `${ORIGIN}${source.url ?? "/"}`,
  };
  return onDemand<Request>(known, () => {
    const headers = new Headers();
    for (let at = 0; at < source.rawHeaders.length; at += 2) {
      headers.append(source.rawHeaders[at] ?? "", source.rawHeaders[at + 1] ?? "");
    }
    // Request itself refuses TRACE, URLs that do not parse, and a GET that has a body.
    return new Request(ORIGIN, {
      method: "POST",
      headers,
      signal,
      body: refusing(),
      duplex: "half",
    });
  });
}

function refusing(): ReadableStream {
  const pull = (): never => {
    throw new Error("A body is read by readJson, readForm or streamBody.");
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}
