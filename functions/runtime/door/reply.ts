import { HttpError, envelope, type ErrorDetail } from "../errors.ts";
import { stackOf } from "../log.ts";
import type { Severity } from "../log.ts";
import { onDemand } from "../on-demand.ts";

/** What the one log line of a request says about its answer. */
export interface Account {
  /** Default: by status. */
  readonly severity?: Severity;
  /** Ends the message. Default: nothing. */
  readonly reason?: string;
  /** Further members. */
  readonly note?: Readonly<Record<string, unknown>> | undefined;
  /** True for what is asked every few seconds: there is no line. Default: there is. */
  readonly isSilent?: boolean;
}

/** An answer in JSON or text, and what is logged about it. */
export interface Reply extends Account {
  readonly status: number;
  /** JSON, or text where clients of an older service expect that; a 204 has none. */
  readonly body: Readonly<Record<string, unknown>> | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is left to be written of a Reply. */
interface Unsent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const UNSENT = Symbol("what nobody changed yet");

interface OfReply extends Response {
  [UNSENT]?: Unsent | undefined;
}

/** A handler's answer: the reply as a Response, while the log line of the visit gets the rest of it. */
export function respond(visit: { account: Account }, reply: Reply): Response {
  visit.account = reply;
  const { status, body, headers } = reply;
  const isText = typeof body === "string";
  const text = status === 204 ? "" : isText ? body : JSON.stringify(body);
  const unsent: Unsent = {
    status,
    text,
    headers: {
      ...(status !== 204 && {
        "content-type": `${isText ? "text/html" : "application/json"}; charset=utf-8`,
        "content-length": String(Buffer.byteLength(text)),
      }),
      ...(status === 413 && { connection: "close" }),
      ...headers,
    },
  };
  const known: Partial<OfReply> = { [UNSENT]: unsent };
  return onDemand<OfReply>(known, () => {
    // What was looked at may have been changed.
    known[UNSENT] = undefined;
    return new Response(status === 204 ? null : text, unsent);
  });
}

/** What a Reply became, if it left a handler untouched; undefined for any other Response. */
export function unsentOf(response: OfReply): Unsent | undefined {
  return response[UNSENT];
}

/** Members that stand beside an error in the envelope, where it does not name its own. */
export type Beside = (detail: ErrorDetail) => Readonly<Record<string, unknown>>;

/** The answer to what a handler threw. */
export function replyToError(
  error: unknown,
  requestId: string,
  beside: Beside = () => ({}),
): Reply {
  if (error instanceof HttpError) {
    const { status, detail, headers } = error;
    const body = envelope(detail, requestId, { ...beside(detail), ...error.beside });
    return { status, body, headers, reason: detail.message, note: { code: detail.code } };
  }
  const detail = { code: "internal", message: "Something went wrong on our side." };
  return { status: 500, body: envelope(detail, requestId, beside(detail)), note: stackOf(error) };
}
