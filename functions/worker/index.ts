// The sample worker behind the enqueuer's queues, and the one to copy: change `work` in process.ts. Nothing imports
// this file.
import { randomUUID } from "node:crypto";
import { callerCheck } from "../runtime/door/caller.ts";
import { readEnv } from "../runtime/env.ts";
import { serve } from "../runtime/process/serve.ts";
import { taskHandler } from "../runtime/door/task-handler.ts";
import { objectsOf } from "../runtime/google/objects.ts";
import { timers } from "../runtime/timers.ts";
import { deliveriesInBucket } from "./adapters.ts";
import { WorkerEnv } from "./env.ts";
import type { Ports } from "./ports.ts";
import { Payload, process } from "./process.ts";

/** As large as a task can be (aertje/cloud-tasks-emulator, internal/engine/tasksize.go, measured on the real service). */
const MAX_BODY_BYTES = 1_048_569;

const env = readEnv(WorkerEnv);
const ports: Ports = {
  name: env.WORKER_NAME,
  deliveries: deliveriesInBucket({
    worker: env.WORKER_NAME,
    claimSeconds: env.CLAIM_SECONDS,
    objects: objectsOf(env.DELIVERIES_BUCKET),
    now: Date.now,
    newId: randomUUID,
    ...timers,
  }),
  wait: timers.wait,
};

serve({
  role: "worker",
  // A service account's address names its project: id@PROJECT.iam.gserviceaccount.com.
  project: /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(env.CALLER_SA)?.[1],
  routes: {
    [env.WORKER_PATH]: {
      admit: callerCheck({
        audience: env.AUDIENCE,
        emails: [env.CALLER_SA],
        isPrivate: env.PRIVATE,
      }),
      maxBodyBytes: MAX_BODY_BYTES,
      handle: taskHandler(Payload, (payload, delivery) => process(payload, delivery, ports)),
    },
  },
});
