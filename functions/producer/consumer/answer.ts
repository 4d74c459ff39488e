/** What a tool said. */
export interface ToolAnswer {
  readonly result: unknown;
  readonly error: string | undefined;
}

/** What one line of the consumer's response means for the one event that it was sent. */
export type LineMeaning =
  | { readonly kind: "nothing" }
  | { readonly kind: "answer"; readonly answer: ToolAnswer }
  /** No answer will come on this response. */
  | { readonly kind: "end"; readonly reason: string };

const NOTHING: LineMeaning = { kind: "nothing" };
/** Lines of all three dialects that are no results, though some have an `error` (producer contract, 2.3). */
const CONTROL = ["ready", "ping", "ignore", "error", "gcs_sync", "gcs_sync_error"];

/** Reads a line in any of the three dialects. A line with another event's id is never an answer. */
export function meaningOf(text: string, eventId: string): LineMeaning {
  const line = text.trim();
  if (line === "" || /^(?:ready|ping|error )/.test(line)) return NOTHING;
  const object = objectIn(line);
  if (object === undefined) return NOTHING;
  const { type, id, event_id } = object;
  if (type === "end") return { kind: "end", reason: "The consumer ended without an answer." };
  if (type === "work_root_error" || (object.error === "work_root_error" && !("result" in object))) {
    return { kind: "end", reason: "The consumer could not make its work folder." };
  }
  if (typeof type === "string" && CONTROL.includes(type)) return NOTHING;
  // An event that is echoed may have an `error` of its own.
  if ("tool_call" in object || !("result" in object || "error" in object)) return NOTHING;
  const answered = id ?? event_id;
  // The oldest consumer that names no event is sent one event only, like all others.
  const isOurs = answered === undefined || answered === null || answered === eventId;
  if (!isOurs) return NOTHING;
  return {
    kind: "answer",
    answer: { result: object.result ?? null, error: errorOf(object.error) },
  };
}

function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Text in newer dialects, an object with a message in the oldest. */
function errorOf(error: unknown): string | undefined {
  if (error === undefined || error === null || error === "") return undefined;
  if (typeof error === "string") return error;
  if (typeof error === "object" && "message" in error && typeof error.message === "string") {
    return error.message;
  }
  return JSON.stringify(error);
}
