import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../kind.ts";
import * as tasks from "./kinds.ts";

interface QueueArgs {
  /** Queue id. */
  readonly id: string;
  readonly place: Place;
  /** Unset fields are Google's defaults, and nothing is sent for them. */
  readonly rateLimits?: {
    readonly maxDispatchesPerSecond?: number | undefined;
    readonly maxConcurrentDispatches?: number | undefined;
  };
  readonly retry?: {
    /** The first attempt included; -1 is no limit. */
    readonly maxAttempts?: number | undefined;
    readonly maxDoublings?: number | undefined;
    readonly minBackoffSeconds?: number | undefined;
    readonly maxBackoffSeconds?: number | undefined;
    readonly maxRetryDurationSeconds?: number | undefined;
  };
  /** The fraction of operations that is logged, 0 to 1. Google's default: 0. */
  readonly loggingSamplingRatio?: number;
}

/** A Cloud Tasks queue. A deleted queue's name stays blocked for days: protect it where tasks matter. */
export class Queue extends pulumi.ComponentResource {
  readonly resourceName: string;
  readonly queue: gcp.cloudtasks.Queue;

  constructor(name: string, args: QueueArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchyard:component:Queue", name, {}, opts);
    const { id, place, rateLimits, loggingSamplingRatio } = args;
    this.resourceName = tasks.queue.of(id, place);
    this.queue = new gcp.cloudtasks.Queue(
      name,
      {
        name: id,
        location: place.region,
        project: place.project,
        ...(rateLimits && { rateLimits: set(rateLimits) }),
        ...(args.retry && { retryConfig: retryConfig(args.retry) }),
        ...(loggingSamplingRatio !== undefined && {
          stackdriverLoggingConfig: { samplingRatio: loggingSamplingRatio },
        }),
      },
      { parent: this, dependsOn: opts.dependsOn },
    );
    this.registerOutputs();
  }
}

function retryConfig(retry: NonNullable<QueueArgs["retry"]>) {
  return set({
    maxAttempts: retry.maxAttempts,
    maxDoublings: retry.maxDoublings,
    minBackoff: duration(retry.minBackoffSeconds),
    maxBackoff: duration(retry.maxBackoffSeconds),
    maxRetryDuration: duration(retry.maxRetryDurationSeconds),
  });
}

/** Seconds as protobuf writes a Duration in JSON: `0.1s`. */
function duration(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds}s`;
}

function set<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
