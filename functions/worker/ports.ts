/** Where a delivery stands that bears a key. */
export type Standing = "new" | "running" | "done";

/** Remembers deliveries by idempotency key, so that a second one does nothing twice. */
export interface Deliveries {
  /** Claims the key where it is new; says where it stood before. */
  begin(key: string): Promise<Standing>;
  /** The work of a claimed key is done. */
  finish(key: string): Promise<void>;
  /** The work of a claimed key failed: the next delivery is new again. */
  abandon(key: string): Promise<void>;
}

/** What the sample worker needs from the world. */
export interface Ports {
  /** Name of this worker. */
  readonly name: string;
  readonly deliveries: Deliveries;
  readonly wait: (seconds: number) => Promise<void>;
}
