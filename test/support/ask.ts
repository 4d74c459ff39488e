import { Readable } from "node:stream";
import { appOf } from "../../functions/runtime/door/http-handler.ts";
import type { Service } from "../../functions/runtime/door/http-handler.ts";
import { requestOf } from "../../functions/runtime/door/node-request.ts";
import { visitOf } from "../../functions/runtime/door/visit.ts";

/** What a role answers, without a port: its request id is `r-1`, and it logs nothing. */
export async function ask(
  service: Service,
  url: string,
  init: RequestInit = {},
): Promise<Response> {
  const { headers, body } = new Request("http://role", { method: "POST", ...init });
  const source = Object.assign(body === null ? Readable.from([]) : Readable.fromWeb(body), {
    method: init.method ?? "GET",
    url,
    headers: Object.fromEntries(headers),
    rawHeaders: [...headers].flat(),
  });
  const signal = init.signal ?? new AbortController().signal;
  const visit = visitOf(source, { requestId: "r-1", log: () => undefined, signal });
  return appOf(service).fetch(requestOf(visit), visit);
}
