/** Errors as the XML API writes them. Source: cloud.google.com/storage/docs/xml-api/reference-status. */
import { ApiError, CODES } from "../../../errors.ts";
import type { LocalResponse } from "../../../http/message.ts";
import { StorageError } from "../errors.ts";

/** What stands in the answer's elements besides code and message: `Details`, `StringToSign`, … */
type Elements = Readonly<Record<string, string>>;

/** An error that only the XML API has. */
export class XmlError extends ApiError {
  readonly kind: { readonly status: number; readonly code: string };
  readonly elements: Elements;

  constructor(kind: XmlError["kind"], message: string, elements: Elements = {}) {
    super(kind.status === 403 ? "PERMISSION_DENIED" : "INVALID_ARGUMENT", message);
    this.kind = kind;
    this.elements = elements;
  }
}

/** Reason of the JSON API → code and message of this one. */
const BY_REASON: Readonly<Record<string, readonly [code: string, message: string]>> = {
  conditionNotMet: [
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold.",
  ],
  gone: ["NoSuchUpload", "The specified upload does not exist."],
  invalid: ["InvalidArgument", "Invalid argument."],
  notFound: ["NoSuchKey", "The specified key does not exist."],
  requestedRangeNotSatisfiable: ["InvalidRange", "The requested range cannot be satisfied."],
};

const BY_CODE: Partial<Record<ApiError["code"], readonly [code: string, message: string]>> = {
  PERMISSION_DENIED: ["AccessDenied", "Access denied."],
  UNAUTHENTICATED: ["AuthenticationRequired", "Authentication required."],
  UNIMPLEMENTED: ["NotImplemented", "The requested functionality is not implemented."],
};

const INTERNAL = ["InternalError", "We encountered an internal error. Please try again."] as const;

const NO_BUCKET = "The specified bucket does not exist.";

export function xmlRefusal(error: ApiError): LocalResponse {
  if (error instanceof XmlError) {
    const { kind, message, elements } = error;
    return written(kind.status, { Code: kind.code, Message: message, ...elements });
  }
  if (error.message === NO_BUCKET)
    return written(404, { Code: "NoSuchBucket", Message: NO_BUCKET });
  const ours = error instanceof StorageError ? error.kind : undefined;
  const [code, message] = BY_REASON[ours?.reason ?? ""] ?? BY_CODE[error.code] ?? INTERNAL;
  const status = ours?.status ?? CODES[error.code].http;
  return written(status, {
    Code: code,
    Message: message,
    ...(error.message !== message && { Details: error.message }),
  });
}

function written(status: number, elements: Elements): LocalResponse {
  const content = Object.entries(elements)
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join("");
  return {
    status,
    headers: [["Content-Type", "application/xml; charset=UTF-8"]],
    body: Buffer.from(`<?xml version='1.0' encoding='UTF-8'?><Error>${content}</Error>`),
  };
}

/** Characters that XML cannot have at all (XML 1.0, 2.2) become question marks. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
