/** Lines of a role's output as entries of the one log, read the way Cloud Logging reads them. */
import type { LogEntry, Severity } from "../log.ts";

const SEVERITIES: Readonly<Record<string, Severity>> = {
  DEFAULT: "INFO",
  DEBUG: "DEBUG",
  INFO: "INFO",
  NOTICE: "NOTICE",
  WARNING: "WARNING",
  ERROR: "ERROR",
  CRITICAL: "ERROR",
  ALERT: "ERROR",
  EMERGENCY: "ERROR",
};

/**
 * A JSON object on one line is a structured entry: `severity` and `message` are taken out of it, the rest are its
 * fields. Anything else is a message of the given severity.
 * Source: docs.cloud.google.com/logging/docs/structured-logging
 */
export function roleLogEntry(role: string, line: string, otherwise: Severity): LogEntry {
  const structured = objectOf(line);
  if (structured === undefined) return { source: role, severity: otherwise, message: line };
  const { severity, message, ...fields } = structured;
  return {
    source: role,
    severity: (typeof severity === "string" ? SEVERITIES[severity] : undefined) ?? "INFO",
    message: typeof message === "string" ? message : line,
    fields,
  };
}

function objectOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
