// plan-deadletter: what the runner failed at too often comes here, and ends with a word on its pull request (plan-runner
// document). Nothing imports this file.
import { PlanRequest } from "../messages/plan-request.ts";
import { callerCheck } from "../runtime/door/caller.ts";
import { readEnv } from "../runtime/env.ts";
import { objectsOf } from "../runtime/google/objects.ts";
import { MAX_PUSH_BYTES, pushHandler } from "../runtime/door/push-handler.ts";
import { serve } from "../runtime/process/serve.ts";
import { resultsIn, runner } from "./adapters.ts";
import { PlanDeadletterEnv } from "./env.ts";
import { giveUp, leaveToPerson } from "./give-up.ts";
import type { Ports } from "./ports.ts";

const env = readEnv(PlanDeadletterEnv);
const ports: Ports = {
  hasResult: resultsIn(objectsOf(env.STATE_BUCKET)),
  giveUp: runner(env),
};

serve({
  role: "plan-deadletter",
  project: env.PROJECT_ID,
  routes: {
    "/pubsub/push": {
      admit: callerCheck({
        audience: env.AUDIENCE,
        emails: [env.PUSH_SA],
        isPrivate: env.PRIVATE,
      }),
      maxBodyBytes: MAX_PUSH_BYTES,
      handle: pushHandler(PlanRequest, {
        handle: (request, context) => giveUp(request, context, ports),
        refuse: leaveToPerson,
      }),
    },
  },
});
