// plan-app: POST /webhook turns GitHub's events into plan requests on a topic (plan-runner document). Nothing imports this
// file.
import { appKey } from "../github/app-key.ts";
import { appTokens } from "../github/app-tokens.ts";
import { readEnv } from "../runtime/env.ts";
import { objectsOf } from "../runtime/google/objects.ts";
import { serve } from "../runtime/process/serve.ts";
import { globOf, parseConfig } from "./adapters/config-file.ts";
import { gitHubRepositories } from "./adapters/github-repository.ts";
import { planTopic } from "./adapters/plan-topic.ts";
import { deliveriesIn, finishedIn } from "./adapters/state.ts";
import { ANSWER_WITHIN_MS } from "./deadline.ts";
import { PlanAppEnv } from "./env.ts";
import type { Ports } from "./ports.ts";
import { webhook } from "./receive.ts";

const env = readEnv(PlanAppEnv);
const state = objectsOf(env.STATE_BUCKET);
const mint = appTokens({
  appId: env.GITHUB_APP_ID,
  privateKey: appKey(env.APP_KEY_SECRET),
  baseUrl: env.GITHUB_API_BASE_URL,
});
const ports: Ports = {
  webhookSecret: env.GITHUB_WEBHOOK_SECRET,
  appId: env.GITHUB_APP_ID,
  apiBaseUrl: env.GITHUB_API_BASE_URL,
  topic: env.PUBSUB_TOPIC_PLAN,
  deadline: () => AbortSignal.timeout(ANSWER_WITHIN_MS),
  deliveries: deliveriesIn(state),
  finished: finishedIn(state),
  open: gitHubRepositories(env, mint),
  parseConfig,
  globOf,
  publish: planTopic(env),
};

serve({
  role: "plan-app",
  project: env.PROJECT_ID,
  hasHealthz: true,
  routes: { "/webhook": webhook(ports) },
});
