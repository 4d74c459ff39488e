/** Milliseconds since the epoch, with a fraction down to the microsecond, and their proto forms. */
import type { protos } from "@google-cloud/tasks";

type Duration = protos.google.protobuf.IDuration;
type Timestamp = protos.google.protobuf.ITimestamp;

/**
 * Milliseconds of a Duration or a Timestamp, cut (not rounded) to the microsecond as queue.proto and task.proto say of
 * their times; undefined where it is unset.
 */
export function millisOf(value: Duration | Timestamp | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  return Number(value.seconds ?? 0) * 1000 + Math.trunc((value.nanos ?? 0) / 1000) / 1000;
}

/** The proto form of a time or of a length of time that is not negative, to the microsecond. */
export function protoTime(millis: number): { seconds: number; nanos: number } {
  // Rounded: the nearest double to a whole number of microseconds may lie just below it.
  const micros = Math.round(millis * 1000);
  const seconds = Math.floor(micros / 1e6);
  return { seconds, nanos: (micros - seconds * 1e6) * 1000 };
}
