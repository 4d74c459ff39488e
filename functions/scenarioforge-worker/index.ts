// scenarioforge-worker: each task is one node of a run. Nothing imports this file.
import { randomUUID } from "node:crypto";
import { NODE_PATH, SWEEP_PATH, ScenarioNode, ScenarioSweep } from "../messages/scenario-node.ts";
import { callerCheck } from "../runtime/door/caller.ts";
import { readEnv } from "../runtime/env.ts";
import { done } from "../runtime/outcome.ts";
import { serve } from "../runtime/process/serve.ts";
import { taskHandler } from "../runtime/door/task-handler.ts";
import { timers } from "../runtime/timers.ts";
import { cloudRunStores } from "../scenarios/adapters/cloud-run-store.ts";
import { postToGemini } from "../scenarios/adapters/gemini-post.ts";
import { nodeTasks } from "../scenarios/adapters/node-tasks.ts";
import { sweep } from "../scenarios/sweep.ts";
import { web } from "./adapters/web.ts";
import { ScenarioforgeWorkerEnv } from "./env.ts";
import type { Ports } from "./ports.ts";
import { runNode } from "./run-node.ts";
import { settingsOf } from "./settings.ts";
import { fetchPage } from "./web/fetch-page.ts";

/** A task names a run and a node, and carries a sealed key. */
const MAX_BODY_BYTES = 16_384;

const env = readEnv(ScenarioforgeWorkerEnv);
const ports: Ports = {
  ...timers,
  stores: cloudRunStores({ bucket: env.GCS_BUCKET, prefix: env.RUNS_PREFIX }),
  tasks: nodeTasks(env),
  now: Date.now,
  newId: randomUUID,
  random: Math.random,
  post: postToGemini,
  fetchPage: (url, signal) => fetchPage(url, signal, web),
  settings: settingsOf(env),
};

const admit = callerCheck({
  audience: env.AUDIENCE,
  emails: [env.CALLER_SA],
  isPrivate: env.PRIVATE,
});

serve({
  role: "scenarioforge-worker",
  project: env.GOOGLE_CLOUD_PROJECT,
  routes: {
    [NODE_PATH]: {
      admit,
      maxBodyBytes: MAX_BODY_BYTES,
      handle: taskHandler(ScenarioNode, (task) => runNode(task, ports)),
    },
    [SWEEP_PATH]: {
      admit,
      maxBodyBytes: MAX_BODY_BYTES,
      handle: taskHandler(ScenarioSweep, async ({ tenant }) =>
        done({ ...(await sweep(ports.stores.of(tenant), ports)) }),
      ),
    },
  },
});
