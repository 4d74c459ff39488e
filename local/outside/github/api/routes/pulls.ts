/** docs.github.com/rest/pulls/pulls */
import { closePull, openPull, reopenPull } from "../../operations/pull-requests.ts";
import { changesOf } from "../../state/difference.ts";
import type { PullRequest, Repository } from "../../state/model.ts";
import { fileView, pullRequestView } from "../../views/pull-request.ts";
import { GitHubError, notFound, validationFailed } from "../errors.ts";
import { invalidRequest, optionalText, requiredText } from "../fields.ts";
import { page } from "../paging.ts";
import { ok, repositoryOf, route, writerOf, type Answer, type Call } from "../route.ts";

/** "Responses include a maximum of 3000 files." */
const MAX_FILES = 3000;

export const PULLS = [
  route("GET /repos/{owner}/{repo}/pulls", ["pull_requests:read"], listPulls),
  route("POST /repos/{owner}/{repo}/pulls", ["pull_requests:write"], createPull),
  route("GET /repos/{owner}/{repo}/pulls/{number}", ["pull_requests:read"], (call) =>
    ok(fullView(pullOf(call))),
  ),
  route("PATCH /repos/{owner}/{repo}/pulls/{number}", ["pull_requests:write"], updatePull),
  route("GET /repos/{owner}/{repo}/pulls/{number}/files", ["pull_requests:read"], (call) =>
    page(call, changesOf(pullOf(call)).slice(0, MAX_FILES), (files) => files.map(fileView)),
  ),
];

/** Newest first, as the documented default. */
function listPulls(call: Call): Answer {
  const state = call.query("state") ?? "open";
  const pulls = [...repositoryOf(call).pulls.values()].reverse();
  const wanted = pulls.filter((pull) => state === "all" || pull.state === state);
  return page(call, wanted, (shown) => shown.map(pullRequestView));
}

/** Of branches of this repository. */
function createPull(call: Call): Answer {
  const { fields, world } = call;
  const repository = repositoryOf(call);
  const head = branchOf(repository, "head", requiredText(fields, "head"));
  const base = branchOf(repository, "base", requiredText(fields, "base"));
  const title = requiredText(fields, "title");
  refuseImpossible(repository, head, base);
  const { pull } = openPull(world, repository, {
    user: writerOf(call).user,
    title,
    body: optionalText(fields, "body") ?? null,
    draft: fields.draft === true,
    labels: [],
    base,
    head: { ...head, repository },
  });
  return { status: 201, json: fullView(pull) };
}

interface Tip {
  readonly ref: string;
  readonly sha: string;
}

/** `branch` or `OWNER:branch`. */
function branchOf(repository: Repository, field: string, named: string): Tip {
  const prefix = `${repository.owner.login}:`;
  const ref = named.startsWith(prefix) ? named.slice(prefix.length) : named;
  const sha = repository.branches.get(ref);
  if (sha !== undefined) return { ref, sha };
  throw validationFailed({ resource: "PullRequest", field, code: "invalid" });
}

function refuseImpossible(repository: Repository, head: Tip, base: Tip): void {
  const { owner, pulls } = repository;
  const isOpen = [...pulls.values()].some(
    ({ state, headRef, baseRef, headRepository }) =>
      state === "open" &&
      headRef === head.ref &&
      baseRef === base.ref &&
      headRepository === repository,
  );
  if (isOpen) throw refused(`A pull request already exists for ${owner.login}:${head.ref}.`);
  if (head.sha === base.sha) throw refused(`No commits between ${base.ref} and ${head.ref}`);
}

function refused(message: string): GitHubError {
  return validationFailed({ resource: "PullRequest", code: "custom", message });
}

/** Closes it or opens it again; what else may be changed on GitHub is refused by name. */
function updatePull(call: Call): Answer {
  const { fields, world } = call;
  const pull = pullOf(call);
  const other = Object.keys(fields).find((name) => name !== "state");
  if (other !== undefined) {
    throw new GitHubError(422, `The stand-in GitHub changes no ${other} of a pull request.`);
  }
  const state = optionalText(fields, "state") ?? pull.state;
  if (state !== "open" && state !== "closed") {
    throw invalidRequest("state", state, "open or closed");
  }
  if (state !== pull.state) {
    const change = state === "closed" ? closePull : reopenPull;
    void change(world, pull, writerOf(call).user);
  }
  return ok(fullView(pull));
}

function fullView(pull: PullRequest) {
  return { ...pullRequestView(pull), changed_files: changesOf(pull).length };
}

/** The pull request that the path's `number` names. */
export function pullOf(call: Call): PullRequest {
  const pull = repositoryOf(call).pulls.get(Number(call.param("number")));
  if (pull === undefined) throw notFound();
  return pull;
}
