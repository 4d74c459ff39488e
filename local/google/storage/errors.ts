/**
 * Errors as the JSON API writes them: `error.errors[].reason` besides code and message.
 * Source: cloud.google.com/storage/docs/json_api/v1/status-codes.
 */
import { ApiError, CODES, type Code } from "../../errors.ts";
import { jsonResponse, type LocalResponse } from "../../http/message.ts";

interface Kind {
  readonly code: Code;
  /** Where it differs from what the code means elsewhere. */
  readonly status: number;
  readonly reason: string;
  /** The header that a precondition or an authorization stands for. */
  readonly location?: string;
}

/** An error of Cloud Storage, with the reason that its clients read. */
export class StorageError extends ApiError {
  readonly kind: Kind;

  constructor(kind: Kind, message: string) {
    super(kind.code, message);
    this.kind = kind;
  }
}

/** Reasons of errors that come from IAM and the gateway. */
const REASONS: Partial<Record<Code, Pick<Kind, "reason" | "location">>> = {
  PERMISSION_DENIED: { reason: "forbidden" },
  INVALID_ARGUMENT: { reason: "invalid" },
  FAILED_PRECONDITION: { reason: "failedPrecondition" },
  UNAUTHENTICATED: { reason: "required", location: "Authorization" },
  UNIMPLEMENTED: { reason: "notImplemented" },
};

/** Any error as the answer to a request. */
export function refusal(error: ApiError): LocalResponse {
  const { status, reason, location } = kindOf(error);
  const { message } = error;
  const where = location === undefined ? {} : { locationType: "header", location };
  const errors = [{ message, domain: "global", reason, ...where }];
  return jsonResponse(status, { error: { code: status, message, errors } });
}

function kindOf(error: ApiError): Kind {
  if (error instanceof StorageError) return error.kind;
  const { code } = error;
  return { code, status: CODES[code].http, reason: "backendError", ...REASONS[code] };
}

export function invalid(message: string): StorageError {
  return new StorageError({ code: "INVALID_ARGUMENT", status: 400, reason: "invalid" }, message);
}

export function notFound(message: string): StorageError {
  return new StorageError({ code: "NOT_FOUND", status: 404, reason: "notFound" }, message);
}

export function conflict(message: string): StorageError {
  return new StorageError({ code: "ALREADY_EXISTS", status: 409, reason: "conflict" }, message);
}

/** A session that was cancelled, or that nobody knows any more. */
export function gone(message: string): StorageError {
  return new StorageError({ code: "NOT_FOUND", status: 410, reason: "gone" }, message);
}

export function conditionNotMet(): StorageError {
  return new StorageError(
    { code: "FAILED_PRECONDITION", status: 412, reason: "conditionNotMet", location: "If-Match" },
    "At least one of the pre-conditions you specified did not hold.",
  );
}

export function unavailable(message: string): StorageError {
  return new StorageError({ code: "UNAVAILABLE", status: 503, reason: "backendError" }, message);
}

export function rangeNotSatisfiable(): StorageError {
  return new StorageError(
    { code: "OUT_OF_RANGE", status: 416, reason: "requestedRangeNotSatisfiable" },
    "Request range not satisfiable",
  );
}

/** What the local cloud does not have. `what` is a method or a field. */
export function unsupported(what: string): ApiError {
  return new ApiError("UNIMPLEMENTED", `${what} is not simulated.`);
}
