/** docs.github.com/rest/pulls/pulls */
import { changedFiles, mergeBase, type FileChange } from "../../state/difference.ts";
import type { PullRequest } from "../../state/model.ts";
import { fileView, pullRequestView } from "../../views/pull-request.ts";
import { notFound } from "../errors.ts";
import { page } from "../paging.ts";
import { ok, repositoryOf, route, type Call } from "../route.ts";

/** "Responses include a maximum of 3000 files." */
const MAX_FILES = 3000;

export const PULLS = [
  route("GET /repos/{owner}/{repo}/pulls/{number}", ["pull_requests:read"], (call) => {
    const pull = pullOf(call);
    return ok({ ...pullRequestView(pull), changed_files: changesOf(pull).length });
  }),
  route("GET /repos/{owner}/{repo}/pulls/{number}/files", ["pull_requests:read"], (call) =>
    page(call, changesOf(pullOf(call)).slice(0, MAX_FILES), (files) => files.map(fileView)),
  ),
];

/** The pull request that the path's `number` names. */
export function pullOf(call: Call): PullRequest {
  const pull = repositoryOf(call).pulls.get(Number(call.param("number")));
  if (pull === undefined) throw notFound();
  return pull;
}

/** The head against where it left the base, as GitHub shows it, whatever happened on the base since. */
function changesOf({
  repository: { commits },
  baseSha,
  headSha,
}: PullRequest): readonly FileChange[] {
  const before = mergeBase(commits, baseSha, headSha)?.files ?? new Map();
  return changedFiles(before, commits.get(headSha)?.files ?? new Map());
}
