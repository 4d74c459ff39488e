import * as v from "valibot";
import { EventId } from "../../messages/bridge-run.ts";
import type { Parsed } from "./event-parser.ts";
import { timeOf } from "../times.ts";

/** A tool is given at most so long by whoever runs it (producer contract, 2.5). */
const MAX_TOOL_SECONDS = 600;

/** An event of the stream that asks for a tool. */
export interface ToolEvent {
  readonly id: string;
  /** When the workflows service took it. */
  readonly time: string;
  /** What the stream brought; undefined where that cannot be kept. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** What the consumer gets; undefined where there is no way to say it. */
  readonly line: string | undefined;
  /** Why there is no line. */
  readonly problem?: string;
  readonly callbackId: string | undefined;
  /** What the tool may take. */
  readonly toolSeconds: number;
}

/** Something on the stream that asks for nothing. */
export interface OtherEvent {
  readonly id: string;
  readonly time: string;
  readonly data: undefined;
}

const Asking = v.looseObject({
  tool_call: v.looseObject({
    function: v.looseObject({ name: v.pipe(v.string(), v.nonEmpty()), arguments: v.unknown() }),
  }),
  callback_id: v.optional(v.unknown()),
  timeout_seconds: v.optional(v.unknown()),
});

/** Undefined for an event without an id: it could be neither resumed after nor answered for. */
export function readEvent(
  parsed: Exclude<Parsed, { kind: "comment" }>,
  defaults: { readonly toolSeconds: number; readonly now: number },
): ToolEvent | OtherEvent | undefined {
  const { id } = parsed;
  if (!v.is(EventId, id)) return undefined;
  if (parsed.kind === "too-large") {
    const problem = "The event is too large to be forwarded.";
    return { ...nothing(id, defaults), line: undefined, problem };
  }
  const data = objectIn(parsed.data);
  const time = timeOf(id, data?.create_time ?? data?.time, defaults.now);
  // What a sender nests is not looked into.
  const asking = v.safeParse(Asking, data);
  if (data === undefined || !asking.success) return { id, time, data: undefined };
  const { tool_call, callback_id, timeout_seconds } = asking.output;
  const args = argumentsOf(tool_call.function.arguments);
  const common = {
    id,
    time,
    callbackId: typeof callback_id === "string" && callback_id !== "" ? callback_id : undefined,
    toolSeconds: toolSecondsOf(args, timeout_seconds, defaults.toolSeconds),
  };
  try {
    const line = JSON.stringify({
      ...data,
      id,
      tool_call: { function: { name: tool_call.function.name, arguments: args } },
    });
    return { ...common, data, line };
  } catch {
    const problem = "The event is nested too deep to be forwarded.";
    return { ...common, data: undefined, line: undefined, problem };
  }
}

export function isToolEvent(event: ToolEvent | OtherEvent): event is ToolEvent {
  return "toolSeconds" in event;
}

function nothing(id: string, { toolSeconds, now }: { toolSeconds: number; now: number }) {
  return {
    id,
    time: timeOf(id, undefined, now),
    data: undefined,
    callbackId: undefined,
    toolSeconds,
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The arguments of a call as a value (producer contract, 2.4). */
export function argumentsOf(value: unknown): unknown {
  if (value === undefined || value === null) return {};
  if (typeof value === "object") return value;
  if (typeof value !== "string") return { value };
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "object") return parsed;
  } catch {
    // Text that is no JSON is passed on as it is.
  }
  return { raw: value };
}

/** The tool's own time, so that nobody gives up before the tool does (producer contract, 9.1). */
function toolSecondsOf(args: unknown, ofEvent: unknown, usual: number): number {
  const ofCall =
    typeof args === "object" && args !== null && "timeoutSeconds" in args
      ? args.timeoutSeconds
      : undefined;
  // Null means that there is no limit but the consumer's.
  const unlimited = ofEvent === null ? MAX_TOOL_SECONDS : undefined;
  const seconds = secondsOf(ofCall) ?? secondsOf(ofEvent) ?? unlimited ?? usual;
  return Math.min(MAX_TOOL_SECONDS, Math.max(1, seconds));
}

function secondsOf(value: unknown): number | undefined {
  const isText = typeof value === "string" && value.trim() !== "";
  const seconds = typeof value === "number" || isText ? Number(value) : Number.NaN;
  return Number.isFinite(seconds) ? seconds : undefined;
}
