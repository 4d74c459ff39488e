// producer-control: starts and stops the bridge of a workspace, says how far it is, and sends dead letters again (producer
// document; producer contract, Decisions 5). Nothing imports this file.
import { idTokens, runsOn } from "../bridge/adapters.ts";
import { readEnv } from "../runtime/env.ts";
import { send } from "../runtime/http-client.ts";
import { parseBody } from "../runtime/door/json-handler.ts";
import { objectsOf } from "../runtime/google/objects.ts";
import { serve } from "../runtime/process/serve.ts";
import { timers } from "../runtime/timers.ts";
import { ProducerControlEnv } from "./env.ts";
import type { Ports } from "./ports.ts";
import { routesOf } from "./routes.ts";

const env = readEnv(ProducerControlEnv);
const ports: Ports = {
  send,
  idToken: idTokens(),
  random: Math.random,
  now: Date.now,
  ...timers,
  objects: objectsOf(env.STATE_BUCKET),
  addRun: runsOn({
    project: env.GOOGLE_CLOUD_PROJECT,
    region: env.TASKS_REGION,
    queue: env.QUEUE,
    origin: env.PRODUCER_URL,
    caller: env.CALLER_SA,
  }),
  settings: {
    workflows: { baseUrl: env.WORKFLOWS_BASE_URL, audience: env.WORKFLOWS_AUDIENCE },
    deadlineSeconds: env.TASK_DEADLINE_SECONDS,
    tenant: {
      user_id: env.X_USER_ID,
      project_id: env.X_PROJECT_ID,
      workspace_id: env.X_WORKSPACE_ID,
      session_id: env.X_SESSION_ID,
    },
  },
};

serve({
  role: "producer-control",
  project: env.GOOGLE_CLOUD_PROJECT,
  routes: routesOf(ports, parseBody),
});
