/** The dev stack in the local cloud beside pull requests, to which each message pushes files; their plans are waited for. */
import { gitHubOf } from "../../../local/systems/plan-runner/attach.ts";
import { appsOf, slugOf } from "../../../local/systems/plan-runner/github-apps.ts";
import type { PullRequestDesk } from "../../../local/outside/github/developer/pull-request.ts";
import { loadDeclared } from "../../../local/declared/load.ts";
import type { LogEntry } from "../../../local/log.ts";
import { startLocalCloud } from "../../../local/platform.ts";
import { answering } from "./answering.ts";

export interface PushQuestion {
  /** What the pull request starts from. The first question with it opens one. */
  readonly base: Files;
  /** They must differ from those before. */
  readonly files: Files;
  /** How many plans follow from them. */
  readonly plans: number;
}

type Files = Readonly<Record<string, string>>;

/** Milliseconds, and of lists one for each plan. */
export interface PushAnswer {
  /** From the push until the last message was acknowledged. */
  readonly all: number;
  /** From the delivery of a message to its acknowledgement, as plan-runner says. */
  readonly delivered: readonly number[];
  /** Of that, until the commit was there, and its unpacking. */
  readonly checkout: readonly number[];
  /** Of that, OpenTofu's commands. */
  readonly tofu: readonly number[];
  /** How often GitHub was asked for the commit's archive. */
  readonly downloads: number;
}

let seen: (entry: LogEntry) => void = () => undefined;
const started = start();
const pulls = new Map<string, Promise<PullRequestDesk>>();

async function start() {
  const plan = await loadDeclared("dev");
  const cloud = await startLocalCloud(plan, { log: (entry) => seen(entry) });
  const [app] = appsOf(plan);
  if (app === undefined) throw new Error("The dev stack has no GitHub App.");
  return { github: gitHubOf(cloud), slug: slugOf(app) };
}

async function opened(base: Files): Promise<PullRequestDesk> {
  const { github, slug } = await started;
  const owner = `acme-${pulls.size}`;
  const repository = github.createRepository({ fullName: `${owner}/infra`, files: base });
  await github.install(slug, owner);
  return repository.openPullRequest({ branch: "change", files: { "README.md": "To be changed." } });
}

answering(async ({ base, files, plans }: PushQuestion): Promise<PushAnswer> => {
  const key = JSON.stringify(base);
  const opening = pulls.get(key) ?? opened(base);
  pulls.set(key, opening);
  const [{ github }, pull] = await Promise.all([started, opening]);
  const planned = nextPlans(plans);
  const began = performance.now();
  await pull.push(files);
  const times = await planned;
  const all = performance.now() - began;
  const path = `/tarball/${pull.headSha}`;
  const downloads = github.requests.all.filter((each) => each.path.endsWith(path)).length;
  return { ...times, all, downloads };
});

/** Of the next messages that are acknowledged; rejects where a plan failed. */
function nextPlans(count: number): Promise<Pick<PushAnswer, "delivered" | "checkout" | "tofu">> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    delivered: number[];
    checkout: number[];
    tofu: number[];
  }>();
  const times = { delivered: [] as number[], checkout: [] as number[], tofu: [] as number[] };
  seen = ({ source, message, fields = {} }) => {
    if (source !== "plan-runner") return;
    const of = (...names: string[]): number =>
      names.reduce((sum, name) => sum + Number(fields[name]), 0);
    if (message === "timings") {
      times.checkout.push(of("git_fetch_ms", "git_checkout_ms"));
      times.tofu.push(of("tofu_init_ms", "tofu_plan_ms", "tofu_show_ms"));
    }
    if (!message.startsWith("POST /pubsub/push")) return;
    if (fields.result !== "planned") {
      reject(new Error(`${message}: ${JSON.stringify(fields)}`));
      return;
    }
    times.delivered.push(of("took_ms"));
    if (times.delivered.length === count) resolve(times);
  };
  return promise;
}
