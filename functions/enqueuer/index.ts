// The enqueuer: POST /enqueue adds a task to the queue of a worker (enqueuer document). Nothing imports this file.
import { randomUUID } from "node:crypto";
import { readEnv } from "../runtime/env.ts";
import { jsonHandler } from "../runtime/door/json-handler.ts";
import { serve } from "../runtime/process/serve.ts";
import { cloudTasks, workersOf } from "./adapters.ts";
import { EnqueueRequest, enqueue } from "./enqueue.ts";
import { EnqueuerEnv } from "./env.ts";
import type { Ports } from "./ports.ts";

const env = readEnv(EnqueuerEnv);
const ports: Ports = {
  workers: workersOf(env),
  tasks: cloudTasks(env),
  now: () => new Date(),
  newKey: () => randomUUID(),
};

serve({
  role: "enqueuer",
  project: env.PROJECT_ID,
  routes: {
    "/enqueue": {
      maxBodyBytes: env.MAX_BODY_BYTES,
      handle: jsonHandler(
        EnqueueRequest,
        (request, sourceOf) => enqueue(request, sourceOf("payload"), ports),
        { note: ({ task, idempotency_key }) => ({ task, idempotency_key }) },
      ),
    },
  },
});
