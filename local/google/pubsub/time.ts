/** Milliseconds and their proto forms. */
import type { protos } from "@google-cloud/pubsub";

type Duration = protos.google.protobuf.IDuration;

/** Milliseconds of a Duration; undefined where it is unset. */
export function millisOf(value: Duration | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  return Number(value.seconds ?? 0) * 1000 + (value.nanos ?? 0) / 1e6;
}

/** The proto form of a time since the epoch, or of a length of time that is not negative. */
export function protoTime(millis: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(millis / 1000);
  return { seconds, nanos: Math.round((millis - seconds * 1000) * 1e6) };
}
