/** Names that several roles must agree on: of a plan's objects in the state bucket, its marker and its check. Pure. */
import { createHash } from "node:crypto";
import type { PlanRequest } from "./plan-request.ts";

/** One plan of one commit. A re-run of the same commit is another plan. */
export type PlanOf = Pick<PlanRequest, "repo" | "pull_request" | "work">;

/** One commit of one repository. */
export type CommitOf = Pick<PlanRequest, "repo" | "pull_request">;

/** What is planned of a commit. */
type Place = Pick<PlanRequest["work"], "dir" | "workspace">;

/** Held by whoever works on a commit's directory and workspace: `leases/plan-<hash>`. */
export function planLease(plan: PlanOf): string {
  return `leases/plan-${hashOf([...place(plan), plan.pull_request.head_sha])}`;
}

/** Held by whoever writes the comment of a directory and workspace: `leases/comment-<hash>`. */
export function commentLease(plan: PlanOf): string {
  return `leases/comment-${hashOf(place(plan))}`;
}

/** Where the archive of a commit is: `checkouts/<hash>`. One for all directories and pull requests. */
export function checkoutRecord(commit: CommitOf): string {
  return `checkouts/${hashOf(commitOf(commit))}`;
}

/** Held by whoever downloads a commit: `leases/checkout-<hash>`. */
export function checkoutLease(commit: CommitOf): string {
  return `leases/checkout-${hashOf(commitOf(commit))}`;
}

/** Exists once a plan's result is on the pull request: `results/<hash>`. */
export function resultObject(plan: PlanOf): string {
  const { head_sha } = plan.pull_request;
  return `results/${hashOf([...place(plan), head_sha, plan.work.rerun ?? ""])}`;
}

/** The whole text of a plan that is too long for comments: `plans/owner/repo/7/<hash>.txt`. */
export function overflowObject(plan: PlanOf): string {
  const { repo, pull_request } = plan;
  const hash = hashOf([...place(plan), pull_request.head_sha]);
  return `plans/${repo.full_name}/${pull_request.number}/${hash}.txt`;
}

/** Marks that a webhook delivery was published: `deliveries/<GUID>`. */
export function deliveryObject(guid: string): string {
  return `deliveries/${guid}`;
}

/** The marker that the first runner wrote, and that its readers look for (plan-runner document, Summary). */
export function documentMarker(planId: string): string {
  return `<!-- runners-poc:plan:${planId} -->`;
}

/** The marker of the one comment of a pull request's directory and workspace. */
export function commentMarker({ work }: { readonly work: Place }): string {
  return `<!-- switchyard:plan:${hashOf([work.dir, work.workspace]).slice(0, 16)} -->`;
}

/** `pr-7-0123abc`; for all but the root's default workspace with a hash behind it, so that no two plans share an id. */
export function planId(
  pullRequest: { readonly number: number; readonly head_sha: string },
  { dir, workspace }: Place,
): string {
  const id = `pr-${pullRequest.number}-${pullRequest.head_sha.slice(0, 7)}`;
  const isRoot = dir === "." && workspace === "default";
  return isRoot ? id : `${id}-${hashOf([dir, workspace]).slice(0, 8)}`;
}

/** The name of a check run: `plan`, `plan: envs/prod`, `plan: envs/prod (blue)`. */
export function checkName({ dir, workspace }: Place): string {
  const where = dir === "." ? "plan" : `plan: ${dir}`;
  return workspace === "default" ? where : `${where} (${workspace})`;
}

function place({ repo, pull_request, work }: PlanOf): string[] {
  // GitHub's names do not tell case apart.
  const name = repo.full_name.toLowerCase();
  return [name, String(pull_request.number), work.dir, work.workspace];
}

function commitOf({ repo, pull_request }: CommitOf): string[] {
  return [repo.full_name.toLowerCase(), pull_request.head_sha];
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
