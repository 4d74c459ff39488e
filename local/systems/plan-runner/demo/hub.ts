/** How the plan runner's story works with a repository, and what it sees become of a pull request. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gitHubOf } from "../attach.ts";
import { appsOf, slugOf } from "../github-apps.ts";
import type { Edits } from "../../../outside/github/developer/files.ts";
import type { PullRequestDesk } from "../../../outside/github/developer/pull-request.ts";
import type { RepositoryDesk } from "../../../outside/github/developer/repository.ts";
import type { CheckRun } from "../../../outside/github/state/model.ts";
import { commentText } from "../../../outside/github/pages/comment-text.ts";
import type { Stage } from "../../../demo/stage.ts";

/** The module that ships with the project and needs no provider. */
export const EXAMPLE = join(import.meta.dirname, "example");

const OWNER = "acme";
const PERSON = "dev";
/** Settings of a repository are read from the base branch. */
const SETTINGS = ".plan-runner.yaml";
/** A plan may take nine minutes. */
const PATIENCE_SECONDS = 600;

/** The repository of the story; made when it is first needed. */
export class Hub {
  readonly #settingsFrom: string;
  #repository: Promise<RepositoryDesk> | undefined;

  /** `folder`: whose settings hold in the repository. */
  constructor(folder: string) {
    this.#settingsFrom = join(folder, SETTINGS);
  }

  /** Opens a pull request with the files of a folder and the edits; `prepare` is told its head before GitHub tells anybody. */
  async open(
    stage: Stage,
    { branch, title, folder = EXAMPLE, edits = {} }: Opening,
    prepare: (sha: string) => void = () => undefined,
  ): Promise<PullRequestDesk> {
    this.#repository ??= this.#begin(stage);
    const repository = await this.#repository;
    await repository.import(folder, { branch, author: PERSON });
    prepare(await repository.commit({ branch, files: edits, author: PERSON }));
    stage.say(`${PERSON} opens a pull request: "${title}".`);
    return repository.openPullRequest({ branch, title, user: PERSON });
  }

  async #begin(stage: Stage): Promise<RepositoryDesk> {
    const { cloud } = stage;
    const [app] = appsOf(cloud.declared());
    if (app === undefined) throw new Error("the plan has no GitHub App");
    const settings = await readFile(this.#settingsFrom).catch(() => undefined);
    const repository = gitHubOf(cloud).createRepository({
      fullName: `${OWNER}/infra`,
      files: { "README.md": "# infra\n", ...(settings !== undefined && { [SETTINGS]: settings }) },
    });
    const slug = slugOf(app);
    stage.say(
      `The stand-in GitHub gets a repository ${OWNER}/infra, on which ${slug} is installed.`,
    );
    await gitHubOf(cloud).install(slug, OWNER);
    return repository;
  }
}

export interface Opening {
  readonly branch: string;
  readonly title: string;
  /** Default: the example. */
  readonly folder?: string;
  readonly edits?: Edits;
}

export async function push(
  stage: Stage,
  pull: PullRequestDesk,
  message: string,
  edits: Edits,
): Promise<void> {
  stage.say(`${PERSON} pushes "${message}" (${Object.keys(edits).join(", ")}).`);
  await pull.push(edits, message);
}

/** The present moment, for `settled`. */
export function markOf({ journal }: Stage): number {
  return journal.entries.length;
}

/** Waits until the head's checks are completed and Pub/Sub is rid of whatever was published since the mark. */
export async function settled(stage: Stage, pull: PullRequestDesk, mark: number): Promise<void> {
  const { journal } = stage;
  if (pull.checkRuns.length === 0) throw new Error("plan-app found nothing to plan");
  await stage.until(() => {
    const since = journal.entries.slice(mark);
    const published = since.filter(({ message }) => message === "plan job enqueued");
    const taken = since.filter(
      ({ source, fields }) =>
        source === "pubsub" && fields?.subscription !== undefined && isTaken(fields.status),
    );
    return (
      taken.length >= published.length &&
      pull.checkRuns.every(({ status }) => status === "completed")
    );
  }, PATIENCE_SECONDS);
}

/** Whether a delivery was the last one of its message. */
function isTaken(status: unknown): boolean {
  return typeof status === "number" && status < 300;
}

/** `queued, in_progress, completed: success`, as the App and the runner wrote it. */
export function statesOf({ cloud }: Stage, { pull }: PullRequestDesk, run: CheckRun): string {
  const checks = `/repos/${pull.repository.fullName}/check-runs`;
  const states = gitHubOf(cloud).requests.all.flatMap(({ method, path, body }) => {
    const isOfRun = method === "PATCH" && path === `${checks}/${run.id}`;
    const isFirst = method === "POST" && path === checks;
    if (!isOfRun && !isFirst) return [];
    const { head_sha, name, status } = JSON.parse(body) as Partial<Written>;
    if (isFirst && (head_sha !== run.headSha || name !== run.name)) return [];
    return status === undefined ? [] : [status];
  });
  const different = states.filter((state, index) => state !== states[index - 1]);
  return run.conclusion === null
    ? different.join(", ") || "nothing"
    : `${different.join(", ")}: ${run.conclusion}`;
}

/** The directory that a check is about; `.` is the repository's root. */
export function directoryOf(run: Pick<CheckRun, "name"> | undefined): string {
  return /^plan(?:: (.*?))?(?: \(.*\))?$/.exec(run?.name ?? "")?.[1] ?? ".";
}

/** A sentence for each check of a person's folder that did not succeed. */
export function failures(runs: readonly Ended[], folder: string): string[] {
  return runs
    .filter(({ conclusion }) => conclusion !== "success")
    .map((run) => {
      const title = run.output.title === null ? "" : ` (${run.output.title})`;
      return `Your own ${join(folder, directoryOf(run))} could not be planned: its check ended with ${run.conclusion ?? "nothing"}${title}.`;
    });
}

interface Ended {
  readonly name: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string | null };
}

interface Written {
  readonly head_sha: string;
  readonly name: string;
  readonly status: string;
}

/** `failure: Failed at plan` of each check of a commit. */
export function endingsOf({ repository }: PullRequestDesk["pull"], sha: string): string {
  const endings = [...repository.checkRuns.values()]
    .filter(({ headSha }) => headSha === sha)
    .map(({ conclusion, status, output }) => `${conclusion ?? status}: ${output.title ?? ""}`);
  return [...new Set(endings)].join(", ") || "no check";
}

/** Shows the pull request's comments as people read them. */
export function showComments(stage: Stage, pull: PullRequestDesk, maxLines: number): void {
  for (const { user, body } of pull.comments) {
    stage.quote(`${user.login} on #${pull.number}`, commentText(body), maxLines);
  }
}
