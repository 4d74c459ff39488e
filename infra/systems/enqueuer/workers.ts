/** The workers behind the enqueuer, with everything derived that their config leaves out. */
import type { Place } from "../../google/kind.ts";
import * as run from "../../google/run/kinds.ts";
import type { WorkerEntry } from "./worker-entry.ts";

/** How a queue dispatches; unset is Google's default. */
export type QueueSettings = Pick<WorkerEntry, "rateLimits" | "retry" | "loggingSamplingRatio">;

/** A worker with everything derived. */
export interface Worker {
  /** The `service` that callers of the enqueuer name. */
  readonly name: string;
  /** Queue id. Workers may share one. */
  readonly queue: string;
  readonly settings: QueueSettings;
  readonly deadlineSeconds: number;
  /** Where its tasks are sent: origin and path. */
  readonly url: string;
  /** The origin of its URL, never more. */
  readonly audience: string;
  /** The Cloud Run service that is called, and whether this program creates it. */
  readonly target:
    | { readonly kind: "ours"; readonly path: string; readonly timeoutSeconds: number }
    | { readonly kind: "external"; readonly service: string; readonly region: string };
}

/** A worker that this program creates. */
type OwnWorker = Worker & { readonly target: { readonly kind: "ours" } };

export function isOurs(worker: Worker): worker is OwnWorker {
  return worker.target.kind === "ours";
}

/** The worker of an entry. The queue defaults to `queue-NAME`, an external service's region to the stack's. */
export function workerOf(entry: WorkerEntry, place: Place): Worker {
  const common = {
    name: entry.name,
    queue: entry.queue ?? `queue-${entry.name}`,
    deadlineSeconds: entry.deadlineSeconds,
    settings: settingsOf(entry),
  };
  if ("url" in entry) {
    const { service, region = place.region, url } = entry;
    const audience = new URL(url).origin;
    return { ...common, url, audience, target: { kind: "external", service, region } };
  }
  const { path, timeoutSeconds = Math.max(entry.deadlineSeconds, 60) } = entry;
  const audience = run.serviceUrl(entry.name, place);
  const target = { kind: "ours", path, timeoutSeconds } as const;
  return { ...common, url: audience + path, audience, target };
}

function settingsOf({ rateLimits, retry, loggingSamplingRatio }: WorkerEntry): QueueSettings {
  return {
    ...(rateLimits && { rateLimits }),
    ...(retry && { retry }),
    ...(loggingSamplingRatio !== undefined && { loggingSamplingRatio }),
  };
}

/** The queues of the workers, each once. Of workers that share one, the one with settings gives them. */
export function queuesOf(
  workers: readonly Worker[],
): readonly { readonly id: string; readonly settings: QueueSettings }[] {
  const queues = Map.groupBy(workers, ({ queue }) => queue);
  return [...queues].map(([id, sharing]) => ({
    id,
    settings: sharing.find(hasSettings)?.settings ?? {},
  }));
}

export function hasSettings({ settings }: Worker): boolean {
  return Object.keys(settings).length > 0;
}

/** The list as the enqueuer reads it from its one variable `WORKERS`. */
export function workersVariable(workers: readonly Worker[]): string {
  return JSON.stringify(
    workers.map(({ name, queue, url, deadlineSeconds }) => ({
      name,
      queue,
      url,
      deadline_s: deadlineSeconds,
    })),
  );
}

/** Relative name of the Cloud Run service that a worker's tasks are sent to. */
export function serviceOf({ name, target }: Worker, place: Place): string {
  return target.kind === "ours"
    ? run.service.of(name, place)
    : run.service.of(target.service, { ...place, region: target.region });
}
