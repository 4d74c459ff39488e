// The consumer: POST /sessions/stream runs the tools that its lines ask for, and answers them (producer document). Nothing
// imports this file.
import { callerCheck } from "../runtime/door/caller.ts";
import { readEnv } from "../runtime/env.ts";
import { send } from "../runtime/http-client.ts";
import { serve } from "../runtime/process/serve.ts";
import { stopSignal } from "../runtime/process/stopping.ts";
import { timers } from "../runtime/timers.ts";
import { sessionRoutes } from "./adapters/session-route.ts";
import { workFolders } from "./adapters/work-folders.ts";
import { ConsumerEnv } from "./env.ts";
import type { Ports } from "./ports.ts";
import { settingsOf } from "./settings.ts";

const env = readEnv(ConsumerEnv);
const ports: Omit<Ports, "log"> = {
  send,
  openFolder: workFolders(env.WORK_ROOT, env.WORK_PREFIX_TEMPLATE),
  now: Date.now,
  ...timers,
  stopping: stopSignal(),
  settings: settingsOf(env),
};
const admit =
  env.CALLER_SA === ""
    ? undefined
    : callerCheck({ audience: env.AUDIENCE, emails: [env.CALLER_SA], isPrivate: env.PRIVATE });

serve({
  role: "consumer",
  project: env.GOOGLE_CLOUD_PROJECT || undefined,
  routes: sessionRoutes({ secret: env.SERVICE_AUTH_TOKEN, ...(admit && { admit }) }, ports),
  hasStreams: true,
});
