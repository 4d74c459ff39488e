import { checkName } from "../messages/plan-names.ts";
import type { PlanRequest } from "../messages/plan-request.ts";
import {
  QUEUED,
  SUPERSEDED,
  WHOLE_CHECK,
  forkRefused,
  invalidConfig,
  tooManyPlans,
} from "./answers.ts";
import type { Attempt, Situation } from "./attempt.ts";
import { CONFIG_FILE, ConfigProblem, MAX_CONFIG_BYTES, RepositoryConfig } from "./config.ts";
import type { Ask, Cause } from "./events.ts";
import { AT_ONCE, inGroups } from "./in-groups.ts";
import type { PlanMessage, Ports, PullRequest, Repository } from "./ports.ts";
import { afterQueued, requestOf, standingOf } from "./requests.ts";
import { findTargets } from "./targets.ts";

/** How many plans one delivery may start: more would use up what GitHub lets an App write in a minute. */
const MAX_PLANS = 50;

export interface Planned {
  /** To be published; may be none. */
  readonly messages: readonly PlanMessage[];
  /** Why there are as many as there are, for the log. */
  readonly reason: string;
}

/** Finds what an event asks to be planned, and queues its checks. */
export async function plan(attempt: Attempt): Promise<Planned> {
  const { ask, ports, deadline } = attempt;
  const { repo, installationId } = ask;
  const repository = await ports.open({ fullName: repo.full_name, installationId }, deadline);
  // What a person asks for is looked at only if that person may write; a label is told apart first, for free.
  const { cause } = ask;
  const isAskedFor = cause.kind === "comment" || cause.kind === "button";
  if (isAskedFor && !(await repository.mayWrite(cause.sender))) {
    return nothing(`${cause.sender} may not write to the repository`);
  }
  const found = await pullRequestsOf(ask, repository);
  const planned: Planned[] = [];
  for (const pullRequest of found) {
    planned.push(await planOne({ ...attempt, repository, pullRequest }));
  }
  return {
    messages: planned.flatMap(({ messages }) => messages),
    reason: planned.map(({ reason }) => reason).join("; ") || "no open pull request has this head",
  };
}

function nothing(reason: string): Planned {
  return { messages: [], reason };
}

async function pullRequestsOf(
  { subject }: Ask,
  repository: Repository,
): Promise<readonly PullRequest[]> {
  const found =
    "pullRequest" in subject
      ? [subject.pullRequest]
      : "number" in subject
        ? [await repository.pullRequest(subject.number)]
        : await ofCommit(subject, repository);
  return found.filter((each) => each !== undefined).filter(({ isOpen }) => isOpen);
}

/** The button of a check is pressed on a commit; it means the pull requests that have it for their head. */
async function ofCommit(
  { sha, numbers }: { readonly sha: string; readonly numbers: readonly number[] },
  repository: Repository,
): Promise<readonly PullRequest[]> {
  const found =
    numbers.length > 0
      ? await Promise.all(numbers.slice(0, AT_ONCE).map((number) => repository.pullRequest(number)))
      : await repository.pullRequestsOf(sha);
  return found.filter((each) => each !== undefined).filter(({ headSha }) => headSha === sha);
}

async function planOne(situation: Situation): Promise<Planned> {
  const { ask, ports, repository, pullRequest } = situation;
  const { headSha } = pullRequest;
  const config = await configOf(pullRequest, repository, ports);
  if (config instanceof ConfigProblem) {
    await repository.setCheck(headSha, WHOLE_CHECK, invalidConfig(config));
    return nothing(`${CONFIG_FILE} cannot be used: ${config.message}`);
  }
  const leave = await reasonToLeave(situation, config);
  if (leave !== undefined) return nothing(leave);
  const found = await findTargets(situation, config);
  if ("refusal" in found) {
    await repository.setCheck(headSha, found.check, found.refusal);
    return nothing(found.refusal.title);
  }
  const { targets } = found;
  if (targets.length > MAX_PLANS) {
    await repository.setCheck(headSha, WHOLE_CHECK, tooManyPlans(targets.length, MAX_PLANS));
    return nothing(`${targets.length} plans are too many`);
  }
  const requests = targets.map((target) => requestOf(target, found, situation, config));
  const standings = await Promise.all(requests.map((request) => standingOf(request, situation)));
  const wanted = standings.filter((request) => request !== undefined);
  await queueChecks(wanted, situation);
  const queued = await Promise.all(wanted.map((request) => afterQueued(request, situation)));
  const messages = queued.map((request) => ({
    request,
    attributes: {
      repo: request.repo.full_name,
      pr: String(request.pull_request.number),
      event: ask.event,
    },
  }));
  return { messages, reason: `${messages.length} of ${targets.length} plans are published` };
}

async function configOf(
  { baseRef }: PullRequest,
  repository: Repository,
  { parseConfig }: Ports,
): Promise<RepositoryConfig | ConfigProblem> {
  const file = await repository.configFile(baseRef);
  try {
    if (file !== undefined && file.bytes > MAX_CONFIG_BYTES) {
      throw new ConfigProblem(`The file has more than ${MAX_CONFIG_BYTES} bytes.`);
    }
    return parseConfig(file?.text ?? "");
  } catch (error) {
    if (error instanceof ConfigProblem) return error;
    throw error;
  }
}

/** Why the pull request is left alone; undefined where it may be planned. Nothing of a fork is read before. */
async function reasonToLeave(
  { ask, repository, pullRequest }: Situation,
  { drafts, forks }: RepositoryConfig,
): Promise<string | undefined> {
  const { cause, repo } = ask;
  const isFork = pullRequest.headRepo?.toLowerCase() !== repo.full_name.toLowerCase();
  if (cause.kind === "label") {
    // GitHub's labels do not tell case apart.
    const isMeant = forks !== false && cause.label.toLowerCase() === forks.label.toLowerCase();
    if (!isFork || !isMeant) return "the label means nothing";
    const { sender } = cause;
    return (await repository.mayWrite(sender))
      ? undefined
      : `${sender} may not write to the repository`;
  }
  if (pullRequest.isDraft && !drafts && isByItself(cause)) return "it is a draft";
  if (isFork) {
    const refusal = forkRefused(forks === false ? undefined : forks.label);
    await repository.setCheck(pullRequest.headSha, WHOLE_CHECK, refusal);
    return "it comes from a fork";
  }
  if (cause.kind === "ready" && drafts) return "it was planned as a draft";
  return undefined;
}

/** Whether nobody asked for a plan. */
function isByItself({ kind }: Cause): boolean {
  return kind !== "button" && kind !== "comment" && kind !== "label";
}

async function queueChecks(
  requests: readonly PlanRequest[],
  { ask, queued, repository, pullRequest }: Situation,
): Promise<void> {
  const { headSha } = pullRequest;
  const names = requests.map(({ work }) => checkName(work));
  await inGroups(names, async (name) => {
    await repository.setCheck(headSha, name, QUEUED);
    queued.push({ headSha, name });
  });
  // A head that is new has not been refused before.
  const isNew = ask.cause.kind === "pushed";
  if (isNew || names.includes(WHOLE_CHECK)) return;
  if (await repository.hasCheck(headSha, WHOLE_CHECK)) {
    await repository.setCheck(headSha, WHOLE_CHECK, SUPERSEDED);
  }
}
