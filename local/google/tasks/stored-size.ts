/**
 * The size of a task in its stored proto form, by which Cloud Tasks limits it: computed, because encoding a megabyte
 * to count it would cost more than the rest of CreateTask. A test compares it with Google's own encoder.
 */
import { protoTime } from "./time.ts";

export interface SizedTask {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly dueAt: number;
  readonly dispatchDeadlineMs: number;
  readonly request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
    readonly oidcToken:
      { readonly serviceAccountEmail: string; readonly audience: string } | undefined;
  };
}

/** Bytes, defaults included as the service stores them. Every field number involved is below 16: keys take one byte. */
export function storedSize(task: SizedTask): number {
  const { url, headers, body, oidcToken } = task.request;
  // The method is an enum value below 128: one byte after its key.
  let request = text(url) + 2 + (body.length === 0 ? 0 : nested(body.length));
  for (const [name, value] of Object.entries(headers)) request += nested(text(name) + text(value));
  if (oidcToken !== undefined) {
    request += nested(text(oidcToken.serviceAccountEmail) + text(oidcToken.audience));
  }
  return (
    text(task.name) +
    nested(request) +
    time(task.dueAt) +
    time(task.createdAt) +
    time(task.dispatchDeadlineMs)
  );
}

function text(value: string): number {
  return value === "" ? 0 : nested(Buffer.byteLength(value));
}

function time(millis: number): number {
  const { seconds, nanos } = protoTime(millis);
  return nested((seconds === 0 ? 0 : 1 + varint(seconds)) + (nanos === 0 ? 0 : 1 + varint(nanos)));
}

function nested(length: number): number {
  return 1 + varint(length) + length;
}

function varint(value: number): number {
  return Math.max(1, Math.ceil((Math.floor(Math.log2(value || 1)) + 1) / 7));
}
