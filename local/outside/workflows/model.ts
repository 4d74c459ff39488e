/** What the workflows service stores. Names of fields are those of its JSON. */

/** An event as it is stored. */
export interface Envelope {
  readonly id: string;
  /** ISO 8601. Compared as text. */
  readonly create_time: string;
  readonly projectId: string;
  readonly sessionId: string;
  readonly background: boolean;
  readonly type: string;
  readonly source: string;
  /** All of an event that goes over the stream, apart from its id and type. */
  readonly data: unknown;
  readonly expires_at: { readonly _seconds: number; readonly _nanoseconds: number };
}

/** Events of a project, or of one session, reach whoever streams it. */
export interface Workspace {
  readonly id: string;
  readonly projectId: string;
  /** Null: all events of the project. */
  readonly sessionId: string | null;
  readonly created: number;
  /** Milliseconds since the epoch: when it was last known to be used. */
  live_at: number;
}

/** How far somebody has come. */
export interface Cursor {
  readonly eventId: string;
  /** As it was given; numbers as text. */
  readonly timestamp: string;
  /** ISO 8601 */
  readonly updatedAt: string;
  readonly sessionId?: string;
}

/** Who consumes a project's events. Times are milliseconds since the epoch. */
export interface Lock {
  readonly consumerId: string;
  readonly consumerType: string;
  readonly leaseMs: number;
  readonly acquiredAt: number;
  readonly refreshedAt: number;
  readonly expiresAt: number;
}

/** Where the result of a tool goes. */
export interface Callback {
  readonly id: string;
  readonly callback_url: string;
}
