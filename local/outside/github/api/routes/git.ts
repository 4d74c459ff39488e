/** docs.github.com/rest/git/refs, …/git/trees and …/commits/commits */
import { header } from "../../../../http/message.ts";
import { changedFiles } from "../../state/difference.ts";
import { emailOf, listTree, type Commit, type TreeEntry } from "../../state/git.ts";
import type { Repository } from "../../state/model.ts";
import { resolveCommit, resolveRef } from "../../state/references.ts";
import { apiUrl, nodeId, timestamp, webUrl } from "../../views/common.ts";
import { fileView } from "../../views/pull-request.ts";
import { GitHubError, notFound } from "../errors.ts";
import { ok, repositoryOf, route, type Answer, type Call } from "../route.ts";

export const GIT = [
  route("GET /repos/{owner}/{repo}/git/ref/{ref*}", ["contents:read"], getRef),
  route("GET /repos/{owner}/{repo}/git/trees/{sha*}", ["contents:read"], getTree),
  route("GET /repos/{owner}/{repo}/commits/{ref*}", ["contents:read"], getCommit),
];

/**
 * The page names only `heads/` and `tags/` for one reference; of the list beside it it says "Anything in the namespace is
 * returned, not just heads and tags", so `pull/N/head` is answered too. That github.com does so was not tried.
 */
function getRef(call: Call): Answer {
  const { fullName, id } = repositoryOf(call);
  const ref = call.param("ref");
  const sha = resolveRef(repositoryOf(call), ref);
  if (sha === undefined) throw notFound();
  const url = `${apiUrl}/repos/${fullName}/git`;
  return ok({
    ref: `refs/${ref}`,
    node_id: nodeId("REF", id),
    url: `${url}/refs/${ref}`,
    object: { type: "commit", sha, url: `${url}/commits/${sha}` },
  });
}

/** A tree by its own id, or by a commit or branch. Any value of `recursive` counts, as documented. */
function getTree(call: Call): Answer {
  const repository = repositoryOf(call);
  const name = call.param("sha");
  const found = treeNamed(repository, name);
  const wanted =
    call.query("recursive") === undefined
      ? found.entries.filter(({ path }) => !path.includes("/"))
      : found.entries;
  const { treeLimit } = call.world;
  const url = `${apiUrl}/repos/${repository.fullName}/git`;
  return ok({
    sha: found.sha,
    url: `${url}/trees/${found.sha}`,
    tree: wanted
      .slice(0, treeLimit)
      .map((entry) => ({ ...entry, url: `${url}/${entry.type}s/${entry.sha}` })),
    truncated: wanted.length > treeLimit,
  });
}

interface Tree {
  readonly sha: string;
  readonly entries: readonly TreeEntry[];
}

function treeNamed(repository: Repository, name: string): Tree {
  const commit = resolveCommit(repository, name);
  if (commit !== undefined) return { sha: commit.treeSha, entries: listTree(commit.files) };
  for (const { treeSha, files } of repository.commits.values()) {
    if (treeSha === name) return { sha: name, entries: listTree(files) };
    const folder = listTree(files).find(({ type, sha }) => type === "tree" && sha === name);
    if (folder !== undefined) return { sha: name, entries: listTree(files, folder.path) };
  }
  throw notFound();
}

function getCommit(call: Call): Answer {
  const repository = repositoryOf(call);
  const commit = resolveCommit(repository, call.param("ref"));
  if (commit === undefined) {
    throw new GitHubError(422, `No commit found for SHA: ${call.param("ref")}`);
  }
  if (/\.sha\b/.test(header(call.headers, "accept") ?? "")) {
    const headers = [["content-type", "application/vnd.github.sha; charset=utf-8"]] as const;
    return { status: 200, raw: Buffer.from(commit.sha), headers };
  }
  return ok(commitView(repository, commit));
}

function commitView(repository: Repository, commit: Commit) {
  const { sha, treeSha, parents, message, author, time } = commit;
  const { fullName, commits } = repository;
  const url = `${apiUrl}/repos/${fullName}`;
  const signature = { name: author, email: emailOf(author), date: timestamp(time) };
  const before = commits.get(parents[0] ?? "")?.files ?? new Map();
  return {
    sha,
    url: `${url}/commits/${sha}`,
    html_url: `${webUrl}/${fullName}/commit/${sha}`,
    commit: {
      message,
      author: signature,
      committer: signature,
      tree: { sha: treeSha, url: `${url}/git/trees/${treeSha}` },
    },
    parents: parents.map((parent) => ({ sha: parent, url: `${url}/commits/${parent}` })),
    files: changedFiles(before, commit.files).map(fileView),
  };
}
