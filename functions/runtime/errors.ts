// What every role stands on. functions/runtime/ may import Functions Framework, Google's libraries that several roles
// need, Hono and valibot, never a role; roles may import it.
import * as v from "valibot";

/** What went wrong, in the envelope's words. */
export interface ErrorDetail {
  /** Machine-readable, lower_snake_case. */
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
  /** Path of the offending member of the request, or the name of the offending header. */
  readonly field?: string | undefined;
}

interface HttpErrorOptions {
  readonly field?: string | undefined;
  /** Sent as Retry-After, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** Members that stand beside `error` in the envelope. */
  readonly beside?: Readonly<Record<string, unknown>>;
  /** Further response headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An expected failure with the HTTP status it deserves. Whatever else is thrown is a bug and answers 500. */
export class HttpError extends Error {
  readonly status: number;
  readonly detail: ErrorDetail;
  readonly headers: Readonly<Record<string, string>>;
  readonly beside: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, options: HttpErrorOptions = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.detail =
      options.field === undefined ? { code, message } : { code, message, field: options.field };
    this.beside = options.beside ?? {};
    this.headers =
      options.retryAfterSeconds === undefined
        ? (options.headers ?? {})
        : { ...options.headers, "retry-after": String(options.retryAfterSeconds) };
  }
}

/** The one error body of all roles. */
export function envelope(
  error: ErrorDetail,
  requestId: string,
  beside: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { ok: false, error, ...beside, request_id: requestId };
}

const Envelope = v.object({ error: v.object({ message: v.string() }) });

/** The sentence in such a body, parsed; undefined for any other. */
export function sentenceOf(body: unknown): string | undefined {
  const read = v.safeParse(Envelope, body);
  return read.success ? read.output.error.message : undefined;
}
