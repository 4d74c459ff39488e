import type { RequestContext } from "./door/request-context.ts";

// https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity
export type Severity = "DEBUG" | "INFO" | "NOTICE" | "WARNING" | "ERROR" | "CRITICAL";

/** Writes one structured entry. `fields` become members of the entry's jsonPayload. */
export type Log = (
  severity: Severity,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

interface LogOptions {
  readonly role: string;
  /** Project id; without it a trace cannot be linked and is left out. */
  readonly project?: string | undefined;
  /** Takes one line without its end. Default: standard output. */
  readonly write?: (line: string) => void;
}

/**
 * Makes the log of a role: one JSON object a line on standard output, with the special members that Cloud Logging lifts
 * out (https://cloud.google.com/logging/docs/structured-logging#special-payload-fields).
 */
export function createLog(options: LogOptions): (context?: RequestContext) => Log {
  const write = options.write ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const labels = { role: options.role };
  return (context) => (severity, message, fields) => {
    write(
      JSON.stringify({
        severity,
        message,
        ...(context !== undefined && requestFields(context, options.project)),
        // A message that travels has an id of its own, by which all of its lines are found.
        ...fields,
        "logging.googleapis.com/labels": labels,
      }),
    );
  };
}

function requestFields(
  { requestId, trace }: RequestContext,
  project: string | undefined,
): Record<string, unknown> {
  const fields: Record<string, unknown> = { request_id: requestId };
  if (trace === undefined || project === undefined) return fields;
  fields["logging.googleapis.com/trace"] = `projects/${project}/traces/${trace.traceId}`;
  if (trace.spanId !== undefined) fields["logging.googleapis.com/spanId"] = trace.spanId;
  return fields;
}

/** A thrown value as members of an entry; Error Reporting reads `stack_trace`. */
export function stackOf(error: unknown): Record<string, unknown> {
  return { stack_trace: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
