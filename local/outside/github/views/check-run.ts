/** Check runs. Source of the shape: docs.github.com/rest/checks/runs. */
import type { CheckRun, PullRequest, Repository } from "../state/model.ts";
import { apiUrl, nodeId, webUrl } from "./common.ts";
import { appView } from "./repository.ts";

export function checkRunView(run: CheckRun, repository: Repository) {
  const { id, output, suiteId } = run;
  const url = `${apiUrl}/repos/${repository.fullName}/check-runs/${id}`;
  const { title, summary, text } = output;
  const pullRequests = pullRequestsOf(run, repository);
  return {
    id,
    node_id: nodeId("CR", id),
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: `${webUrl}/${repository.fullName}/runs/${id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title,
      summary,
      text,
      annotations_count: output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: suiteId, head_sha: run.headSha, pull_requests: pullRequests },
    app: appView(run.app),
    pull_requests: pullRequests,
  };
}

/** Open ones of this repository's own branches; those of forks are never named: docs.github.com/rest/checks/runs. */
function pullRequestsOf({ headSha }: CheckRun, repository: Repository) {
  return [...repository.pulls.values()]
    .filter(
      (pull) =>
        pull.state === "open" && pull.headSha === headSha && pull.headRepository === repository,
    )
    .map((pull) => referenceTo(pull, repository));
}

function referenceTo(pull: PullRequest, repository: Repository) {
  const { id, name, fullName } = repository;
  const repo = { id, name, url: `${apiUrl}/repos/${fullName}` };
  return {
    id: pull.id,
    number: pull.number,
    url: `${apiUrl}/repos/${fullName}/pulls/${pull.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo },
  };
}
