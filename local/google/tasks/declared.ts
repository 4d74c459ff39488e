/** What a program declares of Cloud Tasks. */
import type { protos } from "@google-cloud/tasks";
import * as v from "valibot";
import { queue } from "../../../infra/google/tasks/kinds.ts";
import { DURATION, local, type DeclaresService } from "../service.ts";
import { offered, roles } from "./roles.ts";

export type Queue = protos.google.cloud.tasks.v2.IQueue & { readonly name: string };

interface TasksSlice extends Record<string, Queue[]> {
  readonly queue: Queue[];
}

const Inputs = v.strictObject({
  name: v.string(),
  location: v.string(),
  project: v.string(),
  rateLimits: v.optional(
    v.strictObject({
      maxDispatchesPerSecond: v.optional(v.number()),
      maxConcurrentDispatches: v.optional(v.number()),
    }),
  ),
  retryConfig: v.optional(
    v.strictObject({
      maxAttempts: v.optional(v.number()),
      maxDoublings: v.optional(v.number()),
      minBackoff: v.optional(DURATION),
      maxBackoff: v.optional(DURATION),
      maxRetryDuration: v.optional(DURATION),
    }),
  ),
  stackdriverLoggingConfig: v.optional(v.strictObject({ samplingRatio: v.number() })),
  deletionPolicy: v.optional(v.string()),
});

export const tasks: DeclaresService<TasksSlice> = {
  name: "tasks",
  empty: () => ({ queue: [] }),
  roles,
  offered,
  declares: {
    "gcp:cloudtasks/queue:Queue": local(Inputs, (inputs, slice) => {
      const { rateLimits, retryConfig, stackdriverLoggingConfig } = inputs;
      slice.queue.push({
        name: queue.name(inputs),
        ...(rateLimits && { rateLimits }),
        ...(retryConfig && { retryConfig }),
        ...(stackdriverLoggingConfig && { stackdriverLoggingConfig }),
      });
    }),
  },
};
