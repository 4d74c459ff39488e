/** What the producer needs of the outside world. Plain values. */

/** A workflows service whose events are bridged. */
export interface WorkflowsService {
  /** Its base URL, with its mount. */
  readonly name: string;
}

export type ProducerOutside = Readonly<Record<"workflows service", readonly WorkflowsService[]>>;
