// scenarioforge: the run API (scenarioforge document). Nothing imports this file.
import { randomBytes } from "node:crypto";
import { readEnv } from "../runtime/env.ts";
import { serve } from "../runtime/process/serve.ts";
import { timers } from "../runtime/timers.ts";
import { cloudRunStores } from "../scenarios/adapters/cloud-run-store.ts";
import { nodeTasks } from "../scenarios/adapters/node-tasks.ts";
import { geminiEmbeddings } from "./adapters/gemini-embeddings.ts";
import { ScenarioforgeEnv } from "./env.ts";
import { callersOf } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { rateLimit } from "./rate-limit.ts";
import { detailOf } from "./refusals.ts";
import { routes } from "./routes.ts";
import { settingsOf } from "./settings.ts";

const env = readEnv(ScenarioforgeEnv);
const ports: Ports = {
  stores: cloudRunStores({ bucket: env.GCS_BUCKET, prefix: env.RUNS_PREFIX }),
  tasks: nodeTasks(env),
  now: Date.now,
  wait: timers.wait,
  random: Math.random,
  newId: () => randomBytes(16).toString("hex"),
  embed: geminiEmbeddings(),
  settings: settingsOf(env),
};

serve({
  role: "scenarioforge",
  project: env.GOOGLE_CLOUD_PROJECT,
  beside: detailOf,
  routes: routes(ports, {
    callerOf: callersOf(env),
    limitTenant: rateLimit(env.RATE_LIMIT_PER_MINUTE, Date.now),
    limitAddress: rateLimit(env.ANONYMOUS_LIMIT_PER_MINUTE, Date.now),
    hasServerKey: env.GEMINI_API_KEY !== "",
    isOpen:
      env.SCENARIOOPS_API_KEYS.length + env.SCENARIOOPS_ADMIN_KEYS.length === 0 &&
      env.SCENARIOOPS_DEFAULT_API_KEY === "",
  }),
});
