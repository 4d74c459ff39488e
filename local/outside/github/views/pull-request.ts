/** Pull requests, their labels and comments. Source of the shapes: docs.github.com/rest/pulls/pulls, …/issues/comments. */
import type { FileChange } from "../state/difference.ts";
import { blobSha } from "../state/git.ts";
import type { Comment, PullRequest } from "../state/model.ts";
import { commentsOf } from "../state/state.ts";
import { apiUrl, nodeId, timestamp, webUrl } from "./common.ts";
import { accountView, appView, repositoryView } from "./repository.ts";

export function pullRequestView(pull: PullRequest) {
  const { repository, number, headRepository, headOwner, baseRef, baseSha } = pull;
  const url = `${apiUrl}/repos/${repository.fullName}/pulls/${number}`;
  const issueUrl = `${apiUrl}/repos/${repository.fullName}/issues/${number}`;
  return {
    ...sharedView(pull),
    url,
    diff_url: `${webUrl}/${repository.fullName}/pull/${number}.diff`,
    issue_url: issueUrl,
    comments_url: `${issueUrl}/comments`,
    statuses_url: `${apiUrl}/repos/${repository.fullName}/statuses/${pull.headSha}`,
    head: {
      label: `${headOwner.login}:${pull.headRef}`,
      ref: pull.headRef,
      sha: pull.headSha,
      user: accountView(headOwner),
      repo: headRepository === undefined ? null : repositoryView(headRepository),
    },
    base: {
      label: `${repository.owner.login}:${baseRef}`,
      ref: baseRef,
      sha: baseSha,
      user: accountView(repository.owner),
      repo: repositoryView(repository),
    },
    merged_at: null,
    merge_commit_sha: null,
    merged: false,
    mergeable: null,
    mergeable_state: "unknown",
    comments: commentsOf(pull).length,
  };
}

/** The issue that a pull request also is; `pull_request` tells it from others. */
export function issueView(pull: PullRequest) {
  const { repository, number } = pull;
  const { fullName } = repository;
  return {
    ...sharedView(pull),
    url: `${apiUrl}/repos/${fullName}/issues/${number}`,
    repository_url: `${apiUrl}/repos/${fullName}`,
    comments: commentsOf(pull).length,
    pull_request: {
      url: `${apiUrl}/repos/${fullName}/pulls/${number}`,
      html_url: `${webUrl}/${fullName}/pull/${number}`,
      merged_at: null,
    },
  };
}

export function commentView(comment: Comment) {
  const { id, pull, user, app, body, createdAt, updatedAt, authorAssociation } = comment;
  const { fullName } = pull.repository;
  return {
    id,
    node_id: comment.nodeId,
    url: `${apiUrl}/repos/${fullName}/issues/comments/${id}`,
    html_url: `${webUrl}/${fullName}/pull/${pull.number}#issuecomment-${id}`,
    issue_url: `${apiUrl}/repos/${fullName}/issues/${pull.number}`,
    user: accountView(user),
    body,
    author_association: authorAssociation,
    created_at: timestamp(createdAt),
    updated_at: timestamp(updatedAt),
    performed_via_github_app: app === undefined ? null : appView(app),
  };
}

export function labelView(name: string) {
  return { name, color: "ededed", default: false, description: null };
}

/** docs.github.com/rest/pulls/pulls#list-pull-requests-files, without the patch. */
export function fileView(change: FileChange) {
  const { filename, status, previousFilename, additions, deletions, file } = change;
  return {
    sha: blobSha(file.content),
    filename,
    status,
    additions,
    deletions,
    changes: additions + deletions,
    ...(previousFilename !== undefined && { previous_filename: previousFilename }),
  };
}

/** What an issue and a pull request of one number have in common. */
function sharedView(pull: PullRequest) {
  return {
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    number: pull.number,
    html_url: `${webUrl}/${pull.repository.fullName}/pull/${pull.number}`,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    locked: false,
    draft: pull.draft,
    user: accountView(pull.user),
    labels: pull.labels.map(labelView),
    author_association: pull.authorAssociation,
    created_at: timestamp(pull.createdAt),
    updated_at: timestamp(pull.updatedAt),
    closed_at: pull.closedAt === undefined ? null : timestamp(pull.closedAt),
  };
}
