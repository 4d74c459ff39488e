// plan-executor: POST /plan makes the plan of one directory of one commit (plan-runner document, Summary). Nothing
// imports this file. What it runs was written by others, so it holds no secret.
import { PlanExecution } from "../messages/plan-execution.ts";
import { callerCheck } from "../runtime/door/caller.ts";
import { readEnv } from "../runtime/env.ts";
import { parseBody } from "../runtime/door/json-handler.ts";
import { lazy } from "../runtime/lazy.ts";
import { serve } from "../runtime/process/serve.ts";
import { checkoutFrom } from "./adapters/checkout.ts";
import { isolationOf } from "./adapters/isolation.ts";
import { PATH, tofuOf } from "./adapters/tofu.ts";
import { toolsOf } from "./adapters/tools.ts";
import { clearLeftovers, oneAtATime, openPlace } from "./adapters/workplace.ts";
import { PlanExecutorEnv } from "./env.ts";
import { noteOf } from "./note.ts";
import { plan } from "./plan.ts";
import type { Ports } from "./ports.ts";

const MAX_BODY_BYTES = 1_048_576;

const env = readEnv(PlanExecutorEnv);
const tools = toolsOf(env);
const cleared = lazy(clearLeftovers);
const isolation = lazy(() => isolationOf(PATH));
const ports: Omit<Ports, "log"> = {
  environment: env.PLAN_ENVIRONMENT,
  allowedProviders: env.ALLOWED_PROVIDERS,
  allowedPlaces: env.ALLOWED_PLACES,
  maxMs: env.PLAN_SECONDS * 1000,
  now: () => performance.now(),
  deadline: (ms) => AbortSignal.timeout(ms),
  checkout: checkoutFrom(env.CHECKOUTS_BUCKET),
  open: oneAtATime(async () => {
    await cleared();
    return openPlace();
  }),
  tofu: async () =>
    tofuOf({
      ...(await tools()),
      isolation: await isolation(),
      environment: env.PLAN_ENVIRONMENT,
      killMs: env.KILL_SECONDS * 1000,
    }),
};

serve({
  role: "plan-executor",
  project: env.PROJECT_ID,
  routes: {
    "/plan": {
      admit: callerCheck({
        audience: env.AUDIENCE,
        emails: [env.CALLER_SA],
        isPrivate: env.PRIVATE,
      }),
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async ({ body, signal, log }) => {
        const { input } = parseBody(PlanExecution, body);
        const result = await plan(input, signal, { ...ports, log });
        return { status: 200, body: { ok: true, ...result }, note: noteOf(input, result) };
      },
    },
  },
});
