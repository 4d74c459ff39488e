/** The GitHub App that the plan runner acts as. Pure. */
import type { PlanRunnerConfig } from "./config.ts";
import * as run from "../../google/run/kinds.ts";
import * as secrets from "../../google/secrets/kinds.ts";
import { APP_KEY, FUNCTIONS, WEBHOOK_PATH, WEBHOOK_SECRET } from "./names.ts";
import type { GitHubApp } from "./outside.ts";

/** The App of a stack. */
export function planApp(config: PlanRunnerConfig): GitHubApp {
  return {
    name: config.githubAppId,
    webhookUrl: run.serviceUrl(FUNCTIONS.app, config) + WEBHOOK_PATH,
    permissions: {
      metadata: "read",
      contents: "read",
      // Comments of pull requests are comments of issues.
      issues: "write",
      pull_requests: "read",
      checks: "write",
    },
    events: ["pull_request", "issue_comment", "check_run"],
    keySecret: secrets.secret.of(APP_KEY, config),
    webhookSecret: secrets.secret.of(WEBHOOK_SECRET, config),
  };
}
