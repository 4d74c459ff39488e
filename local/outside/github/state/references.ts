/** How a commit of a repository is named. */
import type { Commit } from "./git.ts";
import type { Repository } from "./model.ts";

const FULL_SHA = /^[0-9a-f]{40}$/;
const SHORT_SHA = /^[0-9a-f]{7,39}$/;
const PULL_HEAD = /^pull\/(\d+)\/head$/;

/**
 * The commit id behind a ref without its `refs/`: `heads/main`, `pull/7/head`. A pull request's head is there whatever
 * became of the fork it came from: docs.github.com/pull-requests/…/checking-out-pull-requests-locally.
 */
export function resolveRef({ branches, pulls }: Repository, ref: string): string | undefined {
  if (ref.startsWith("heads/")) return branches.get(ref.slice("heads/".length));
  const number = PULL_HEAD.exec(ref)?.[1];
  return number === undefined ? undefined : pulls.get(Number(number))?.headSha;
}

/** The commit that a person means: a branch, a ref with or without `refs/`, or an id of at least 7 digits. */
export function resolveCommit(repository: Repository, name: string): Commit | undefined {
  const { branches, commits } = repository;
  const sha =
    branches.get(name) ?? resolveRef(repository, name.replace(/^refs\//, "")) ?? name.toLowerCase();
  if (FULL_SHA.test(sha)) return commits.get(sha);
  if (!SHORT_SHA.test(sha)) return undefined;
  return [...commits.values()].find((commit) => commit.sha.startsWith(sha));
}
