// The producer: POST /run carries a workspace's events from the workflows service to the consumer, and the answers back
// (producer document). Nothing imports this file.
import { randomUUID } from "node:crypto";
import { idTokens, runsOn } from "../bridge/adapters.ts";
import { BridgeRun, RUN_PATH } from "../messages/bridge-run.ts";
import { callerCheck } from "../runtime/door/caller.ts";
import { readEnv } from "../runtime/env.ts";
import { send } from "../runtime/http-client.ts";
import { parseBody } from "../runtime/door/json-handler.ts";
import { objectsOf } from "../runtime/google/objects.ts";
import { serve } from "../runtime/process/serve.ts";
import { stopSignal } from "../runtime/process/stopping.ts";
import { timers } from "../runtime/timers.ts";
import { storageTokens } from "./adapters/storage-tokens.ts";
import { workFolders } from "./adapters/work-folder.ts";
import { ProducerEnv } from "./env.ts";
import type { Ports } from "./ports.ts";
import { replyTo } from "./reply.ts";
import { runBridge } from "./run-bridge.ts";
import { settingsOf } from "./settings.ts";

/** The body of a run is small. */
const MAX_BODY_BYTES = 65_536;

const env = readEnv(ProducerEnv);
const ports: Omit<Ports, "log"> = {
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
    origin: env.AUDIENCE,
    caller: env.CALLER_SA,
  }),
  newId: () => randomUUID(),
  storageToken: storageTokens(env),
  makeWorkFolder: workFolders(env),
  stopping: stopSignal(),
  settings: settingsOf(env),
};

serve({
  role: "producer",
  project: env.GOOGLE_CLOUD_PROJECT,
  routes: {
    [RUN_PATH]: {
      admit: callerCheck({
        audience: env.AUDIENCE,
        emails: [env.CALLER_SA],
        isPrivate: env.PRIVATE,
      }),
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async ({ body, requestId, signal, log }) => {
        const { input } = parseBody(BridgeRun, body);
        return replyTo(await runBridge(input, signal, { ...ports, log }), requestId);
      },
    },
  },
});
