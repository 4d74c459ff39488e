/** Pull requests that are pushed to faster than anybody plans them, and what may be left of that. */
import { expect } from "chai";
import { planId } from "../../../functions/messages/plan-names.ts";
import type { PlanRequestInput } from "../../../functions/messages/plan-request.ts";
import type { PullRequestDesk } from "../../../local/outside/github/developer/pull-request.ts";
import type { RepositoryDesk } from "../../../local/outside/github/developer/repository.ts";
import type { Attempt } from "../../../local/outside/github/webhooks.ts";
import type { TestPlatform } from "../../support/platform.ts";
import { changes, checksOf, installed, planned } from "./pull-requests.ts";
import { leasesOver, stateObjects } from "./state.ts";
import { gitHubOf } from "../../../local/systems/plan-runner/attach.ts";

export interface CrowdSize {
  readonly pullRequests: number;
  /** Heads of each, the one that it is opened with among them. */
  readonly heads: number;
}

/** GitHub lets an installation ask 5,000 times an hour; a head is worth some twenty questions. */
const HEADS_PER_INSTALLATION = 100;
/** People who push at the same time. GitHub waits ten seconds for plan-app's answer. */
const PEOPLE = 4;
/** One message in so many is published twice. */
const TWICE_EVERY = 5;
/** Longer than the subscription waits between two attempts. */
const BACKOFF_SECONDS = 600;
const MAX_ATTEMPTS = 50;
const REDELIVERIES = 5;
/** Of one pull request; a machine that is busy with other things takes half of it. */
const MAX_MILLISECONDS_EACH = 15_000;

/** Declares the test of a platform with a scripted OpenTofu. */
export function leavesOneCommentEach(p: TestPlatform, size: CrowdSize): void {
  const { pullRequests, heads } = size;
  const title = `leaves one comment on each of ${pullRequests} pull requests that are pushed to ${heads} times`;
  it(title, async () => {
    const pulls = await pushAll(p, size);
    expect(await allDone(p)).to.be.at.least(messagesOf(size));
    expectOneCommentEach(p, pulls);
    const finished = finishedHeads(p);
    expect(finished).to.have.lengthOf(new Set(finished).size);
    expect(await stateObjects(p, "leases/")).to.deep.equal([]);
  }).timeout(pullRequests * MAX_MILLISECONDS_EACH);
}

/** Everybody opens pull requests and pushes to them; plan-app and this publish the messages. Returns the pull requests. */
export async function pushAll(
  p: TestPlatform,
  { pullRequests, heads }: CrowdSize,
): Promise<PullRequestDesk[]> {
  const perRepository = Math.max(1, Math.floor(HEADS_PER_INSTALLATION / heads));
  const repositories: RepositoryDesk[] = [];
  for (let made = 0; made < pullRequests; made += perRepository)
    repositories.push(await installed(p));
  const pulls: PullRequestDesk[] = [];
  let next = 0;
  const person = async (): Promise<void> => {
    while (next < pullRequests) {
      const repository = repositories[next % repositories.length];
      const branch = `change-${next++}`;
      if (repository === undefined) throw new Error("There is a repository for everybody.");
      const pull = await repository.openPullRequest({ branch, files: planOf(branch, 1) });
      pulls.push(pull);
      for (let head = 2; head <= heads; head++) {
        await pull.push(planOf(branch, head));
        if (head % TWICE_EVERY === 0) await publishAgain(p, pull);
      }
    }
  };
  await Promise.all(Array.from({ length: PEOPLE }, person));
  await redeliver(p);
  return pulls;
}

/** GitHub tries a webhook once; those that plan-app was too busy for are delivered again by a person. */
async function redeliver(p: TestPlatform): Promise<void> {
  const github = gitHubOf(p.cloud);
  const pushed = github.deliveries.filter(({ event }) => event === "pull_request");
  for (const { guid, attempts } of pushed) {
    for (let left = REDELIVERIES; !isTaken(attempts); left--) {
      expect(left, `tries of ${guid}`).to.be.above(0);
      await github.redeliver(guid);
    }
  }
}

function isTaken(attempts: readonly Attempt[]): boolean {
  return (attempts.at(-1)?.status ?? 503) < 300;
}

/** Waits until every message is acknowledged; time passes for those that come again. Returns how many there were. */
export async function allDone(p: TestPlatform): Promise<number> {
  await p.settle();
  for (let attempt = 1; [...messages(p).values()].includes(false); attempt++) {
    if (attempt > MAX_ATTEMPTS) throw new Error("Some message is never acknowledged.");
    await leasesOver(p);
    await p.advance({ seconds: BACKOFF_SECONDS });
    await p.settle();
  }
  return messages(p).size;
}

/** Of each message that was pushed to the runner, whether it is acknowledged. */
function messages(p: TestPlatform): Map<unknown, boolean> {
  const pushes = p.log.filter(({ fields }) => fields?.subscription === "plan-runner");
  return new Map(pushes.map(({ fields }) => [fields?.message_id, fields?.status === 204]));
}

/** How many messages a crowd of that size is worth; one more for each webhook that was taken and not answered in time. */
export function messagesOf({ pullRequests, heads }: CrowdSize): number {
  return pullRequests * (heads + Math.floor(heads / TWICE_EVERY));
}

/** What holds however often messages came and whoever died: each pull request has one comment, of its newest head. */
export function expectOneCommentEach(p: TestPlatform, pulls: readonly PullRequestDesk[]): void {
  for (const pull of pulls) {
    const { repository } = pull.pull;
    const which = `${repository.fullName}#${pull.number}`;
    expect(pull.comments, which).to.have.lengthOf(1);
    const [{ body } = { body: "" }] = pull.comments;
    expect(body, which).to.include(`${repository.fullName} @ ${pull.headSha}`);
    const text = repository.commits.get(pull.headSha)?.files.get("plan.txt")?.content.toString();
    expect(body, which).to.include(text);
    expect(checksOf(pull), which).to.deep.equal({ plan: "success" });
    const running = [...repository.checkRuns.values()].filter(
      ({ status }) => status !== "completed",
    );
    expect(running, which).to.deep.equal([]);
  }
  const posts = gitHubOf(p.cloud).requests.all.filter(
    ({ method, path, status }) => method === "POST" && path.endsWith("/comments") && status === 201,
  );
  expect(posts).to.have.lengthOf(pulls.length);
}

/** Heads that were planned to the end, each as often as that happened. */
export function finishedHeads(p: TestPlatform): string[] {
  return p.log
    .filter(({ source, message }) => source === "plan-runner" && message === "timings")
    .map(({ fields }) => String(fields?.sha));
}

/** No two pull requests have a commit in common, as they would with the same files, author and second. */
function planOf(branch: string, head: number): Readonly<Record<string, string>> {
  const added = Array.from({ length: head }, (_, n) => `terraform_data.r${n}`);
  const files = planned(`Plan: ${head} to add, 0 to change, 0 to destroy.`, changes(added));
  return { ...files, "branch.txt": branch };
}

/** Publishes the present head once more, as a redelivery that plan-app has not heard of would. */
async function publishAgain(p: TestPlatform, pull: PullRequestDesk): Promise<void> {
  const { headSha, number } = pull;
  const work = { dir: ".", workspace: "default" };
  const request: PlanRequestInput = {
    request_id: "again",
    repo: { full_name: pull.pull.repository.fullName },
    pull_request: { number, head_sha: headSha },
    work: { ...work, plan_id: planId({ number, head_sha: headSha }, work) },
  };
  const data = Buffer.from(JSON.stringify(request)).toString("base64");
  const url = `https://pubsub.googleapis.com/v1/projects/${p.cloud.declared().projectId}/topics/plan:publish`;
  const { status } = await p.as("plan-app", url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: { messages: [{ data }] },
  });
  expect(status).to.equal(200);
}
