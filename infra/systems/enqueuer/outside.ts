/** What the enqueuer needs of the outside world. Plain values. */

/** A Cloud Run service that the system calls and binds, but does not create. */
export interface ExternalWorker {
  /** As the stack's config calls the worker. */
  readonly name: string;
  readonly service: string;
  readonly region: string;
  /** The full URL that tasks are sent to. */
  readonly url: string;
  /** What the sample worker needs to answer in its place where it is out of reach. */
  readonly env: Readonly<Record<string, string>> & { readonly DELIVERIES_BUCKET: string };
}

export type EnqueuerOutside = Readonly<Record<"external worker", readonly ExternalWorker[]>>;
