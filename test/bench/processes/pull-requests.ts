/** The dev stack in the local cloud beside a pull request, to which each message pushes a module; its plan is waited for. */
import { findTofu } from "../../../local/tofu.ts";
import { slugOf } from "../../../local/github-apps.ts";
import type { PullRequestDesk } from "../../../local/github/developer/pull-request.ts";
import { loadPlan } from "../../../local/load-plan.ts";
import type { LogEntry } from "../../../local/log.ts";
import { startLocalCloud } from "../../../local/platform.ts";
import { answering } from "./answering.ts";

export interface PushQuestion {
  /** The module's one file. It must differ from the one before. */
  readonly module: string;
}

/** Milliseconds. */
export interface PushAnswer {
  /** From the delivery of the message to its acknowledgement, as plan-runner says. */
  readonly delivered: number;
  /** Of that, the download of the commit and its unpacking. */
  readonly checkout: number;
  /** Of that, OpenTofu's commands. */
  readonly tofu: number;
}

const REPOSITORY = "acme/infra";

let seen: (entry: LogEntry) => void = () => undefined;
const started = start();

async function start(): Promise<PullRequestDesk> {
  const plan = await loadPlan("dev");
  const cloud = await startLocalCloud(plan, { log: (entry) => seen(entry), tofu: findTofu() });
  const [app] = plan.githubApps;
  if (app === undefined) throw new Error("The dev stack has no GitHub App.");
  const repository = cloud.github.createRepository({ fullName: REPOSITORY });
  const planned = nextPlan();
  await cloud.github.install(slugOf(app), "acme");
  const files = { "main.tf": 'resource "terraform_data" "first" {}\n' };
  const pull = await repository.openPullRequest({ branch: "change", files });
  await planned;
  return pull;
}

answering(async ({ module }: PushQuestion): Promise<PushAnswer> => {
  const pull = await started;
  const planned = nextPlan();
  await pull.push({ "main.tf": module });
  return planned;
});

/** Of the next message that is acknowledged; rejects where its plan failed. */
function nextPlan(): Promise<PushAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PushAnswer>();
  let timings: Readonly<Record<string, unknown>> = {};
  const of = (...names: string[]): number =>
    names.reduce((sum, name) => sum + Number(timings[name]), 0);
  seen = ({ source, message, fields = {} }) => {
    if (source !== "plan-runner") return;
    if (message === "timings") timings = fields;
    if (!message.startsWith("POST /pubsub/push")) return;
    if (fields.result !== "planned") {
      reject(new Error(`${message}: ${JSON.stringify(fields)}`));
      return;
    }
    resolve({
      delivered: Number(fields.took_ms),
      checkout: of("git_fetch_ms", "git_checkout_ms"),
      tofu: of("tofu_init_ms", "tofu_plan_ms", "tofu_show_ms"),
    });
  };
  return promise;
}
