// The plan runner: a pushed PlanRequest becomes a comment and a check on its pull request (plan-runner document). Nothing
// imports this file.
import { randomUUID } from "node:crypto";
import { readEnv } from "../runtime/env.ts";
import { serve } from "../runtime/process/serve.ts";
import { timers } from "../runtime/timers.ts";
import { archivesOf } from "./adapters/archives.ts";
import { executorAt } from "./adapters/executor.ts";
import { gitHubOf } from "./adapters/github.ts";
import { stateObjects } from "./adapters/objects.ts";
import { routesOf } from "./adapters/routes.ts";
import { PlanRunnerEnv } from "./env.ts";
import type { Ports } from "./ports.ts";

const env = readEnv(PlanRunnerEnv);
const ports: Ports = {
  gitHub: gitHubOf(env),
  archives: archivesOf(env.CHECKOUTS_BUCKET),
  executor: executorAt(env.EXECUTOR_URL),
  objects: stateObjects(env.STATE_BUCKET),
  now: () => Date.now(),
  newId: () => randomUUID(),
  ...timers,
  settings: {
    baseUrl: env.GITHUB_API_BASE_URL,
    stateBucket: env.STATE_BUCKET,
    leaseSeconds: env.LEASE_SECONDS,
    renewSeconds: env.LEASE_RENEW_SECONDS,
    commentLeaseSeconds: env.COMMENT_LEASE_SECONDS,
    planSeconds: env.PLAN_SECONDS,
    maxCharacters: env.COMMENT_MAX_CHARACTERS,
    maxParts: env.COMMENT_MAX_PARTS,
    hasPlanLinks: env.PLAN_LINKS,
  },
};

serve({
  role: "plan-runner",
  project: env.PROJECT_ID,
  hasHealthz: true,
  routes: routesOf(env, ports),
});
