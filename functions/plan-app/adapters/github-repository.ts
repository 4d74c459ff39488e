import * as v from "valibot";
import type { MintToken } from "../../github/app-tokens.ts";
import { setCheck, settleCheck } from "../../github/check-runs.ts";
import { gitHub } from "../../github/client.ts";
import type { GitHub } from "../../github/client.ts";
import { failureOf } from "../../github/failures.ts";
import { HttpError } from "../../runtime/errors.ts";
import { CONFIG_FILE } from "../config.ts";
import type { PlanAppEnv } from "../env.ts";
import type { Ports, Repository } from "../ports.ts";
import { PullRequestJson } from "../pull-request.ts";
import { filesOfCommit, filesOfPullRequest } from "./github-files.ts";
import { unavailable } from "./unavailable.ts";

/** All that plan-app does on GitHub. */
const PERMISSIONS = { contents: "read", pull_requests: "read", checks: "write" } as const;
/** What GitHub calls roles that may push; a maintainer's is told as write (docs.github.com/rest/collaborators/collaborators). */
const WRITERS = ["admin", "maintain", "write"];
const NOT_FOUND = 404;

/** Opens repositories with a token of their own each. All calls for one delivery share the budget. */
export function gitHubRepositories(
  env: Pick<PlanAppEnv, "GITHUB_API_BASE_URL" | "GITHUB_APP_ID" | "GITHUB_BUDGET_SECONDS">,
  mint: MintToken,
): Ports["open"] {
  return async ({ fullName, installationId }, deadline) => {
    const [owner = "", repo = ""] = fullName.split("/");
    const budget = AbortSignal.timeout(env.GITHUB_BUDGET_SECONDS * 1000);
    const signal = deadline === undefined ? budget : AbortSignal.any([budget, deadline]);
    const token = await asked(() =>
      mint({ owner, name: repo, installationId }, PERMISSIONS, signal),
    ).catch((error: unknown) => {
      // What is no failure of GitHub's here is one of the place that keeps the App's key.
      throw error instanceof HttpError ? error : unavailable("The App's key cannot be used", error);
    });
    // GitHub waits for its answer: what does not work now is left to a redelivery.
    const github = gitHub({ token, baseUrl: env.GITHUB_API_BASE_URL, signal, maxWaitSeconds: 0 });
    return repositoryOf(github, { owner, repo }, env.GITHUB_APP_ID);
  };
}

interface At {
  readonly owner: string;
  readonly repo: string;
}

function repositoryOf(github: GitHub, at: At, appId: string): Repository {
  return {
    configFile: (ref) =>
      asked(async () => {
        const found = await orMissing(() =>
          github.repos.getContent({ ...at, path: CONFIG_FILE, ref }),
        );
        const file = v.safeParse(ContentJson, found?.data);
        if (!file.success) return undefined;
        const { size, content } = file.output;
        return { bytes: size, text: Buffer.from(content, "base64").toString() };
      }),
    pullRequest: (number) =>
      asked(async () => {
        const found = await orMissing(() => github.pulls.get({ ...at, pull_number: number }));
        return found === undefined ? undefined : v.parse(PullRequestJson, found.data);
      }),
    pullRequestsOf: (sha) =>
      asked(async () => {
        const { data } = await github.repos.listPullRequestsAssociatedWithCommit({
          ...at,
          commit_sha: sha,
        });
        // A fork's commit is in the network of all its forks.
        const own = data.filter(({ base }) => isNamed(base.repo.full_name, at));
        return v.parse(v.array(PullRequestJson), own);
      }),
    changes: (number) => asked(() => filesOfPullRequest(github, at, number)),
    files: (sha) => asked(() => filesOfCommit(github, at, sha)),
    mayWrite: (username) =>
      asked(async () => {
        const found = await orMissing(() =>
          github.repos.getCollaboratorPermissionLevel({ ...at, username }),
        );
        return WRITERS.includes(found?.data.permission ?? "none");
      }),
    setCheck: (headSha, name, state) =>
      asked(async () => {
        await setCheck(github, appId, { ...at, headSha, name }, state);
      }),
    settleCheck: (headSha, name, state) =>
      asked(() => settleCheck(github, appId, { ...at, headSha, name }, state)),
    hasCheck: (ref, name) =>
      asked(async () => {
        const { data } = await github.checks.listForRef({
          ...at,
          ref,
          check_name: name,
          app_id: Number(appId),
          per_page: 1,
        });
        return data.total_count > 0;
      }),
  };
}

/** A file as the contents API gives it; what is no file has another type. */
const ContentJson = v.object({ type: v.literal("file"), size: v.number(), content: v.string() });

function isNamed(fullName: string, { owner, repo }: At): boolean {
  return fullName.toLowerCase() === `${owner}/${repo}`.toLowerCase();
}

async function orMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const failure = failureOf(error, Date.now());
    if (failure?.kind === "refused" && failure.status === NOT_FOUND) return undefined;
    throw error;
  }
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const failure = failureOf(error, Date.now());
    if (failure === undefined) throw error;
    if (failure.kind === "refused") throw unavailable(`GitHub refused (${failure.status})`, error);
    throw unavailable("GitHub did not answer", error, failure.retryAfterSeconds);
  }
}
