/** What came, and what was done about it, for people and for assertions. */
import { History } from "./history.ts";
import type { Cursor, Lock } from "./model.ts";

interface Where {
  readonly user: string;
  readonly project: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface RecordedRequest extends Where {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly workspace: string | undefined;
  /** Undefined where no answer was given. */
  readonly status: number | undefined;
}

export interface RecordedEvent extends Where {
  readonly id: string;
  readonly type: string;
  /** The tool that is called; undefined where the event calls none. */
  readonly tool: string | undefined;
}

/** The result of a tool, or its error, as it came for a callback. */
export interface ReceivedCallback extends Where {
  readonly id: string;
  readonly body: unknown;
  /** How it was answered. */
  readonly status: number;
}

export interface WrittenCursor extends Where, Cursor {
  readonly target: "project" | "session";
}

export interface LockChange extends Where {
  readonly kind: "acquired" | "refreshed" | "refused" | "released";
  /** Who asked. */
  readonly consumerId: string;
  /** As it is from then on. */
  readonly lock: Lock | undefined;
}

/** More than any assertion looks back. */
const MANY = { entries: 20_000, bytes: Infinity };

export class Records {
  readonly requests = new History<RecordedRequest>(MANY);
  readonly events = new History<RecordedEvent>(MANY);
  readonly callbacks = new History<ReceivedCallback>({ entries: 20_000, bytes: 32 * 1024 * 1024 });
  readonly cursors = new History<WrittenCursor>(MANY);
  readonly locks = new History<LockChange>(MANY);
}
