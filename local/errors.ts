/**
 * Google's errors as every simulator throws them and the gateway writes them, over gRPC and over REST.
 * Source: google/rpc/code.proto and cloud.google.com/apis/design/errors.
 */

/** Canonical code → gRPC number and HTTP status. */
export const CODES = {
  INVALID_ARGUMENT: { grpc: 3, http: 400 },
  DEADLINE_EXCEEDED: { grpc: 4, http: 504 },
  NOT_FOUND: { grpc: 5, http: 404 },
  ALREADY_EXISTS: { grpc: 6, http: 409 },
  PERMISSION_DENIED: { grpc: 7, http: 403 },
  RESOURCE_EXHAUSTED: { grpc: 8, http: 429 },
  FAILED_PRECONDITION: { grpc: 9, http: 400 },
  OUT_OF_RANGE: { grpc: 11, http: 400 },
  UNIMPLEMENTED: { grpc: 12, http: 501 },
  INTERNAL: { grpc: 13, http: 500 },
  UNAVAILABLE: { grpc: 14, http: 503 },
  UNAUTHENTICATED: { grpc: 16, http: 401 },
} as const;

export type Code = keyof typeof CODES;

/** One entry of `google.rpc.Status.details`, in JSON form, for example `google.rpc.ErrorInfo`. */
export type ErrorDetail = { "@type": string } & Record<string, unknown>;

/** An error of a Google API. Anything else that an operation throws is a bug of ours and becomes INTERNAL. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: Code;
  readonly details: readonly ErrorDetail[];

  constructor(code: Code, message: string, details: readonly ErrorDetail[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
