import * as v from "valibot";
import { Tenant } from "./tenant.ts";

/** Where the task that carries it is delivered at the bridge. */
export const RUN_PATH = "/run";

const RunId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,100}$/, "must be a short id"));
const Milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0));

/** An id of an event; it goes into a query. */
export const EventId = v.pipe(
  v.string("must be a string"),
  v.nonEmpty("must not be empty"),
  v.maxLength(1_000, "must have at most 1000 characters"),
);

/** A time as the workflows service compares it: as text, in UTC with milliseconds. */
export const IsoTime = v.pipe(
  v.string("must be a string"),
  v.isoTimestamp("must be an ISO 8601 time"),
  v.transform((text) => new Date(text).toISOString()),
);

/** One run of the bridge: the body of a task on the producer's queue. */
export const BridgeRun = v.object({
  tenant: Tenant,
  /** One for all deliveries of one task. */
  run_id: RunId,
  /** The run that it goes on after. */
  predecessor: v.optional(RunId),
  /** When the run before last had something to do: being idle goes on over a hand-over. */
  active_at: v.optional(IsoTime),
  /** When `POST /producer/start` began the chain of runs. A stop that came later ends every one of them. */
  started_at: IsoTime,
  /** Where to begin if no cursor was ever committed. */
  since_id: v.optional(EventId),
  since_time: v.optional(IsoTime),
  /** Dispatch deadline of the task in seconds: its caller waits no longer. */
  deadline_s: v.pipe(v.number(), v.integer(), v.minValue(15), v.maxValue(1_800)),
  /** In place of the bridge's own, where the start named them. */
  lease_ms: v.optional(Milliseconds),
  heartbeat_ms: v.optional(Milliseconds),
  backoff_ms: v.optional(Milliseconds),
});
export type BridgeRun = v.InferOutput<typeof BridgeRun>;
