import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Trace of a request, from W3C traceparent or X-Cloud-Trace-Context. */
interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits; absent where the caller sent none. */
  readonly spanId?: string;
}

export interface RequestContext {
  readonly requestId: string;
  readonly trace?: Trace;
}

// https://www.w3.org/TR/trace-context/#traceparent-header
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/;
// https://cloud.google.com/trace/docs/trace-context#legacy-http-header: TRACE_ID/SPAN_ID;o=OPTIONS, span in decimal
const CLOUD_TRACE = /^([0-9a-fA-F]{32})(?:\/(\d{1,20}))?/;
// What may be repeated in a header and a log line without a second thought.
const SANE_REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The request id is X-Request-Id where that is sane, else the trace id, else a new UUID. */
export function contextOf(headers: IncomingHttpHeaders): RequestContext {
  const trace = traceOf(headers);
  const asked = headers["x-request-id"];
  const isSane = typeof asked === "string" && SANE_REQUEST_ID.test(asked);
  const requestId = isSane ? asked : (trace?.traceId ?? randomUUID());
  return trace === undefined ? { requestId } : { requestId, trace };
}

function traceOf(headers: IncomingHttpHeaders): Trace | undefined {
  const w3c = TRACEPARENT.exec(headerOf(headers, "traceparent"));
  if (w3c?.[1] !== undefined && w3c[2] !== undefined && !/^0+$/.test(w3c[1])) {
    return { traceId: w3c[1], spanId: w3c[2] };
  }
  const google = CLOUD_TRACE.exec(headerOf(headers, "x-cloud-trace-context"));
  if (google?.[1] === undefined) return undefined;
  const traceId = google[1].toLowerCase();
  if (google[2] === undefined) return { traceId };
  const span = BigInt.asUintN(64, BigInt(google[2]));
  return { traceId, spanId: span.toString(16).padStart(16, "0") };
}

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}
