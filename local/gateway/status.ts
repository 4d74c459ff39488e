/** Errors on the wire: google/rpc/status.proto and error_details.proto, over gRPC and over REST. */
import protobuf from "protobufjs";
import { ApiError, CODES, type ErrorDetail } from "../errors.ts";
import type { Log } from "../log.ts";

/** Not every client package ships these, so the few that are in use stand here. Numbers are those of the protos. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  package google.rpc;
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
  message BadRequest {
    message FieldViolation { string field = 1; string description = 2; }
    repeated FieldViolation field_violations = 1;
  }
  message Help {
    message Link { string description = 1; string url = 2; }
    repeated Link links = 1;
  }
`);

const Status = root.lookupType("google.rpc.Status");

/** What a client sees of anything that was thrown. A bug of ours keeps its text out of the answer and goes to the log. */
export function apiErrorOf(thrown: unknown, where: string, log: Log): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const message = `${where} failed: ${stack ?? String(thrown)}`;
  log({ source: "gateway", severity: "ERROR", message });
  return new ApiError("INTERNAL", "Internal error encountered.");
}

/** The body of a REST error. */
export function restError({ code, message, details }: ApiError): object {
  const error = { code: CODES[code].http, message, status: code };
  return { error: details.length === 0 ? error : { ...error, details } };
}

/** The value of `grpc-status-details-bin`; undefined where there are no details to carry. */
export function statusDetails({ code, message, details }: ApiError): Buffer | undefined {
  if (details.length === 0) return undefined;
  const encodable = details.flatMap(anyOf);
  const status = Status.fromObject({ code: CODES[code].grpc, message, details: encodable });
  return Buffer.from(Status.encode(status).finish());
}

function anyOf({ "@type": url, ...value }: ErrorDetail): object[] {
  const type = root.lookup(url.slice(url.lastIndexOf("/") + 1));
  if (!(type instanceof protobuf.Type)) return [];
  return [{ typeUrl: url, value: type.encode(type.fromObject(value)).finish() }];
}
