/** Trouble on order: what the next streams and requests meet instead of, or on top of, their answer. */
import { OnOrder } from "../on-order.ts";
import * as v from "valibot";

/** What can be asked of the service. */
const ENDPOINTS = [
  "stream",
  "event",
  "read-cursor",
  "write-cursor",
  "callback",
  "lock",
  "release",
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

const times = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 1);
const of = v.picklist(ENDPOINTS);
const ms = v.pipe(v.number(), v.minValue(0), v.maxValue(3_600_000));
const status = v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599));

/**
 * A fault, and how many times it happens (default 1).
 *
 * On the next event that a stream sends: `drop` breaks the connection in the middle of it, `disconnect` ends the stream
 * right after it, `duplicate` sends it twice, `stall` sends neither it nor anything else and stays open. `silence`: the next
 * stream that goes on after an event's id finds that id unknown. `conflict`: the next one who asks for a lock is told that
 * somebody else has it. On the next requests of one kind: `fail` answers with a status and without effect, `slow` waits first,
 * `lose` has the effect and breaks the connection before the answer.
 */
export const Fault = v.variant("fault", [
  v.strictObject({ fault: v.picklist(["drop", "disconnect", "duplicate", "stall"]), times }),
  v.strictObject({ fault: v.picklist(["silence", "conflict"]), times }),
  v.strictObject({ fault: v.literal("fail"), of, status, body: v.optional(v.unknown()), times }),
  v.strictObject({ fault: v.literal("slow"), of, ms, times }),
  v.strictObject({ fault: v.literal("lose"), of, times }),
]);

export type Fault = v.InferOutput<typeof Fault>;
export type FaultInput = v.InferInput<typeof Fault>;
export type StreamFault = "drop" | "disconnect" | "duplicate" | "stall";
export type RequestFault = Extract<Fault, { readonly of: Endpoint }>;

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

  /** What happens to the event that a stream is about to send. */
  takeOnEvent(): StreamFault | undefined {
    return this.#onOrder.take(isStreamFault)?.fault;
  }

  takeSilence(): boolean {
    return this.#onOrder.take(({ fault }) => fault === "silence") !== undefined;
  }

  takeConflict(): boolean {
    return this.#onOrder.take(({ fault }) => fault === "conflict") !== undefined;
  }

  /** What happens to a request: of each kind of fault the one that was ordered first. */
  takeOnRequest(endpoint: Endpoint, kind: RequestFault["fault"]): RequestFault | undefined {
    return this.#onOrder.take(
      (each): each is RequestFault => "of" in each && each.of === endpoint && each.fault === kind,
    );
  }
}

function isStreamFault(fault: Fault): fault is Extract<Fault, { readonly fault: StreamFault }> {
  return ["drop", "disconnect", "duplicate", "stall"].includes(fault.fault);
}
