/** The names of what the enqueuer consists of. */

export const SYSTEM = "enqueuer";
/** Service account of the enqueuer. */
export const ENQUEUER = "enqueuer-api";
/** Service account that tasks carry. */
export const CALLER = "tasks-dispatcher";
/** Service account of the workers of ours, which do the same and so share one identity. */
export const WORKER = "sample-worker";

export const IDENTITIES = {
  [ENQUEUER]: "The enqueuer: adds tasks to queues",
  [CALLER]: "Whom tasks carry: calls the workers",
  [WORKER]: "The sample workers",
};

/** Bucket in which workers of ours remember what they have done. */
export function deliveriesBucket({ project }: { readonly project: string }): string {
  return `${project}-worker-deliveries`;
}
