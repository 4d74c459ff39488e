/** Trouble on order: what the next requests meet instead of, or on top of, their answer. */
import { OnOrder } from "../on-order.ts";
import * as v from "valibot";
import {
  badKey,
  deadlineExceeded,
  internal,
  invalid,
  noModel,
  overloaded,
  permissionDenied,
  quotaExceeded,
  unauthenticated,
  type GeminiError,
} from "./errors.ts";

const REFUSALS = [
  "invalid-argument",
  "bad-key",
  "unauthenticated",
  "permission-denied",
  "no-model",
  "per-minute",
  "per-day",
  "internal",
  "overloaded",
  "deadline",
] as const;

const times = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 1);
const ofGenerating = { model: v.optional(v.pipe(v.string(), v.maxLength(100))), times };
const which = { of: v.optional(v.picklist(["generate", "embed"])), ...ofGenerating };
const seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000));

/**
 * A fault, and how many times it happens (default 1), for requests of one kind and to one model, or for any.
 *
 * A refusal by its name; `fail` with any status and body; `slow` waits first; `hang` never answers; `break` ends the
 * connection before the answer, `cut` in the middle of it; `off-schema`: an answer, or an embedding, that is not what was
 * asked for. Of generateContent only: `blocked` (the prompt), `finish` (the answer, for a reason), `no-candidates`,
 * `no-content`, `not-json`, `thoughts` that nobody asked for, `hostile` (it fits the schema, and is all that a model should
 * not say), `answer` with that text.
 */
export const Fault = v.variant("fault", [
  v.strictObject({ fault: v.picklist(REFUSALS), retryDelaySeconds: v.optional(seconds), ...which }),
  v.strictObject({
    fault: v.literal("fail"),
    status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
    body: v.optional(v.unknown()),
    ...which,
  }),
  v.strictObject({
    fault: v.literal("slow"),
    ms: v.pipe(v.number(), v.minValue(0), v.maxValue(3_600_000)),
    ...which,
  }),
  v.strictObject({ fault: v.picklist(["hang", "break", "cut"]), ...which }),
  v.strictObject({ fault: v.literal("off-schema"), ...which }),
  v.strictObject({
    fault: v.literal("blocked"),
    reason: v.optional(
      v.picklist(["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY"]),
      "SAFETY",
    ),
    ...ofGenerating,
  }),
  v.strictObject({
    fault: v.literal("finish"),
    reason: v.picklist([
      "MAX_TOKENS",
      "SAFETY",
      "RECITATION",
      "LANGUAGE",
      "BLOCKLIST",
      "PROHIBITED_CONTENT",
      "SPII",
      "IMAGE_SAFETY",
      "NO_IMAGE",
      "OTHER",
    ]),
    ...ofGenerating,
  }),
  v.strictObject({
    fault: v.picklist(["no-candidates", "no-content", "not-json", "thoughts", "hostile"]),
    ...ofGenerating,
  }),
  v.strictObject({
    fault: v.literal("answer"),
    text: v.pipe(v.string(), v.maxLength(1_000_000)),
    ...ofGenerating,
  }),
]);

export type Fault = v.InferOutput<typeof Fault>;
export type FaultInput = v.InferInput<typeof Fault>;
export type ContentFault = Extract<
  Fault,
  {
    readonly fault:
      | "blocked"
      | "finish"
      | "no-candidates"
      | "no-content"
      | "not-json"
      | "thoughts"
      | "hostile"
      | "answer"
      | "off-schema";
  }
>;

export class Faults {
  readonly #onOrder = new OnOrder<Fault>();

  /** Those that are still to happen, with how often. */
  get ordered(): readonly Fault[] {
    return this.#onOrder.all;
  }

  /** Throws a ValiError for what is no fault, and TooMany where too many are waiting. */
  order(input: FaultInput): void {
    this.#onOrder.add(v.parse(Fault, input));
  }

  clear(): void {
    this.#onOrder.clear();
  }

  /** How long a request waits before anything else, in milliseconds. */
  takeDelay(of: "generate" | "embed", model: string): number {
    const fault = this.#onOrder.take((each) => each.fault === "slow" && isFor(each, of, model));
    return fault?.fault === "slow" ? fault.ms : 0;
  }

  /** What else happens to a request: the first that was ordered. */
  take(of: "generate" | "embed", model: string): Exclude<Fault, { fault: "slow" }> | undefined {
    const fault = this.#onOrder.take((each) => each.fault !== "slow" && isFor(each, of, model));
    return fault?.fault === "slow" ? undefined : fault;
  }
}

function isFor(fault: Fault, of: "generate" | "embed", model: string): boolean {
  return (fault.model ?? model) === model && (kindOf(fault) ?? of) === of;
}

const ABOUT_CONTENT = new Set<Fault["fault"]>([
  "blocked",
  "finish",
  "no-candidates",
  "no-content",
  "not-json",
  "thoughts",
  "hostile",
  "answer",
  "off-schema",
]);

export function isContentFault(fault: Fault | undefined): fault is ContentFault | undefined {
  return fault === undefined || ABOUT_CONTENT.has(fault.fault);
}

function kindOf(fault: Fault): "generate" | "embed" | undefined {
  if ("of" in fault) return fault.of;
  return fault.fault !== "off-schema" && ABOUT_CONTENT.has(fault.fault) ? "generate" : undefined;
}

/** The refusal that was ordered by its name; undefined for another kind of fault. */
export function refusalOf(fault: Fault, model: string, method: string): GeminiError | undefined {
  switch (fault.fault) {
    case "invalid-argument":
      return invalid("Request contains an invalid argument.");
    case "bad-key":
      return badKey();
    case "unauthenticated":
      return unauthenticated();
    case "permission-denied":
      return permissionDenied();
    case "no-model":
      return noModel(model, method);
    case "per-minute":
      return quotaExceeded("minute", model, fault.retryDelaySeconds);
    case "per-day":
      return quotaExceeded("day", model, fault.retryDelaySeconds);
    case "internal":
      return internal();
    case "overloaded":
      return overloaded();
    case "deadline":
      return deadlineExceeded();
    default:
      return undefined;
  }
}
