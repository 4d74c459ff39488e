/** docs.github.com/rest/repos/contents */
import { posix } from "node:path";
import { header } from "../../../../http/message.ts";
import { blobSha, listTree, type Commit, type Files, type TreeEntry } from "../../state/git.ts";
import type { Repository } from "../../state/model.ts";
import { resolveCommit } from "../../state/references.ts";
import { apiUrl, webUrl } from "../../views/common.ts";
import { GitHubError, notFound } from "../errors.ts";
import { ok, repositoryOf, route, type Answer, type Call } from "../route.ts";

/** "Between 1-100 MB: only the raw or object custom media types are supported … the content field will be an empty string". */
const MAX_INLINE_BYTES = 1024 * 1024;

export const CONTENTS = [
  route("GET /repos/{owner}/{repo}/contents/{path*}", ["contents:read"], getContents),
  route("GET /repos/{owner}/{repo}/contents[/]", ["contents:read"], getContents),
  route("GET /repos/{owner}/{repo}/tarball/{ref*}", ["contents:read"], getTarball),
  route("GET /repos/{owner}/{repo}/tarball[/]", ["contents:read"], getTarball),
];

function getContents(call: Call): Answer {
  const repository = repositoryOf(call);
  const commit = commitOf(repository, call.query("ref"));
  const path = call.param("path").replaceAll(/^\/+|\/+$/g, "");
  const file = commit.files.get(linked(commit.files, path));
  if (file === undefined) return listFolder(repository, commit, path);

  const { content } = file;
  if (/\.raw\b/.test(header(call.headers, "accept") ?? "")) {
    const headers = [["content-type", "application/vnd.github.raw+json; charset=utf-8"]] as const;
    return { status: 200, raw: content, headers };
  }
  const inline = content.length <= MAX_INLINE_BYTES;
  return ok({
    ...itemView(repository, commit, { path, type: "file", sha: blobSha(content) }),
    size: content.length,
    encoding: inline ? "base64" : "none",
    content: inline ? wrapped(content.toString("base64")) : "",
  });
}

/** "If the requested :path points to a symlink, and the symlink's target is a normal file in the repository …" */
function linked(files: Files, path: string): string {
  const file = files.get(path);
  if (file?.mode !== "120000") return path;
  const target = posix.join(posix.dirname(path), file.content.toString());
  return files.has(target) ? target : path;
}

function listFolder(repository: Repository, commit: Commit, folder: string): Answer {
  const entries = listTree(commit.files, folder).filter(({ path }) => !path.includes("/"));
  if (entries.length === 0 && folder !== "") throw notFound();
  return ok(
    entries.map((entry) => ({
      ...itemView(repository, commit, {
        path: posix.join(folder, entry.path),
        type: typeOf(entry),
        sha: entry.sha,
      }),
      size: entry.size ?? 0,
    })),
  );
}

function typeOf({ type, mode }: TreeEntry): string {
  if (type === "tree") return "dir";
  return mode === "120000" ? "symlink" : "file";
}

function itemView(
  { fullName }: Repository,
  { sha: commit }: Commit,
  { path, type, sha }: { readonly path: string; readonly type: string; readonly sha: string },
) {
  const kind = type === "dir" ? "tree" : "blob";
  return {
    type,
    name: posix.basename(path),
    path,
    sha,
    url: `${apiUrl}/repos/${fullName}/contents/${path}?ref=${commit}`,
    git_url: `${apiUrl}/repos/${fullName}/git/${kind}s/${sha}`,
    html_url: `${webUrl}/${fullName}/${kind}/${commit}/${path}`,
    download_url: null,
  };
}

/** GitHub breaks base64 into lines of 60 characters. */
function wrapped(base64: string): string {
  return base64.replaceAll(/.{1,60}/g, "$&\n");
}

/** "This method returns a 302 to this URL": codeload.github.com. */
function getTarball(call: Call): Answer {
  const repository = repositoryOf(call);
  const ref = call.param("ref");
  const commit = commitOf(repository, ref === "" ? undefined : ref);
  const location = call.world.codeload.urlOf(repository, commit);
  return { status: 302, headers: [["location", location]] };
}

function commitOf(repository: Repository, ref = repository.defaultBranch): Commit {
  const commit = resolveCommit(repository, ref);
  if (commit !== undefined) return commit;
  throw new GitHubError(404, `No commit found for the ref ${ref}`);
}
