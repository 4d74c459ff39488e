/** One line of a session that asks for a tool. */
export interface ToolCall {
  /** As it was sent: text or a number. */
  readonly id: string | number | undefined;
  /** In capitals. */
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Members = Readonly<Record<string, unknown>>;

/** Reads a line (producer contract, 2.5). Undefined for one that asks for nothing: it is not answered. */
export function toolCallIn(line: string): ToolCall | undefined {
  const event = objectOf(parsed(line));
  if (event === undefined) return undefined;
  const call = objectOf(objectOf(event.tool_call)?.function);
  const called = firstText(call ?? {}, ["name"]);
  const kinds = [event.type, event.event, event.kind].map((kind) => String(kind).toLowerCase());
  const isTool = kinds.some((kind) => kind === "callback" || kind === "tool");
  if (called === undefined && !isTool && typeof event.tool !== "string") return undefined;
  const name = called ?? firstText(event, NAMES) ?? "";
  const payload = objectOf(event.payload);
  const args = [call?.arguments, event.args, event.arguments, payload?.args, event.payload];
  const id = [event.id, event.event_id, event.request_id].find((each) => !isEmpty(each));
  return {
    id: typeof id === "string" || typeof id === "number" ? id : undefined,
    name: name.toUpperCase(),
    args: argsOf(args.find((each) => each !== undefined && each !== null)),
  };
}

const NAMES = ["tool", "name", "callback", "command", "action", "type"];

function firstText(members: Members, names: readonly string[]): string | undefined {
  const named = names.map((name) => members[name]);
  return named.find((value): value is string => typeof value === "string" && value !== "");
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function argsOf(value: unknown): Members {
  const object = objectOf(value);
  if (object !== undefined) return object;
  if (typeof value !== "string") return {};
  return objectOf(parsed(value)) ?? pairsIn(value) ?? { input: value };
}

/** `key=value` or `key: value`, one a line; undefined where any line is something else. */
function pairsIn(text: string): Members | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const pairs = lines.map((line) => /^\s*([A-Za-z_][\w.-]*)\s*(?:=|:\s)\s*(.*?)\s*$/.exec(line));
  if (pairs.length === 0 || pairs.includes(null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", coerced(pair?.[2] ?? "")]));
}

/** A number, a boolean or JSON where it is one; else the text. */
function coerced(text: string): unknown {
  const value = parsed(text);
  return value === undefined ? text : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Members | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Members) : undefined;
}
