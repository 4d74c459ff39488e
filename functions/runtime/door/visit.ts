import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Log } from "../log.ts";
import type { Account } from "./reply.ts";

/** What a request is read from: Node's own, or what stands for it in a test. */
export type Source = Readable & {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
};

/** One request, as handlers find it in Hono's `c.env`. */
export interface Visit {
  /** For the readers of bodies (body.ts, form.ts), and for a caller check, which looks at `headers`. */
  readonly source: Source;
  /** As it was sent. A HEAD is answered by the handlers of GET, which see that in `c.req.method`. */
  readonly method: string;
  /** As it was sent, without the query: nothing is decoded or simplified. */
  readonly path: string;
  readonly requestId: string;
  readonly log: Log;
  /** Aborted when the client went away before it was answered. */
  readonly signal: AbortSignal;
  /** Set by `respond`, or by a handler that answers with a Response of its own. */
  account: Account;
}

/** The types of our Hono. */
export interface Door {
  readonly Bindings: Visit;
}

export function visitOf(
  source: Source,
  { requestId, log, signal }: Pick<Visit, "requestId" | "log" | "signal">,
): Visit {
  const { method = "", url = "/" } = source;
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  return { source, method, path, requestId, log, signal, account: {} };
}
