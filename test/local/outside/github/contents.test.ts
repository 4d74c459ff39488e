import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { Parser, type ReadEntry } from "tar";
import { ManualClock } from "../../../../local/clock.ts";
import type { RepositoryDesk } from "../../../../local/outside/github/developer/repository.ts";
import { bodyOf, header } from "../../../../local/http/message.ts";
import { asApp, mint, refusal, smallHub, withToken, type SmallHub } from "./small-hub.ts";

const REPO = { owner: "acme", repo: "infra" };

async function withFiles(files: Parameters<RepositoryDesk["commit"]>[0]["files"], treeLimit = 100) {
  const clock = new ManualClock(Date.now());
  const hub = smallHub({ treeLimit, clock });
  const repository = hub.github.createRepository({ fullName: "acme/infra", files });
  const { id } = await hub.github.install("planner", "acme");
  return { hub, clock, repository, id, octokit: asApp(hub, id) };
}

interface Entry {
  readonly path: string;
  readonly type: string;
  readonly mode: string;
  readonly content: string;
}

/** The entries of a tar.gz, links with their target as content. */
async function entriesOf(archive: Buffer): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const parser = new Parser();
  const done = new Promise((resolve) => parser.on("end", resolve));
  parser.on("entry", (entry: ReadEntry) => {
    const chunks: Buffer[] = [];
    entry.on("data", (chunk: Buffer) => void chunks.push(chunk));
    entry.on("end", () => {
      const content = entry.linkpath ?? Buffer.concat(chunks).toString();
      const mode = (entry.mode ?? 0).toString(8);
      entries.push({ path: entry.path, type: entry.type, mode, content });
    });
  });
  parser.end(archive);
  await done;
  return entries;
}

async function download(hub: SmallHub, url: string) {
  return hub.github.send({ method: "GET", url: new URL(url), headers: [], body: Buffer.alloc(0) });
}

describe("GitHub contents", () => {
  it("gives files, folders and commits the ids that git gives them", async () => {
    const { octokit } = await withFiles({
      "main.tf": "# hello\n",
      "a/b.tf": "",
      "a.tf": { mode: "100755", content: Buffer.from("x") },
      link: { mode: "120000", content: Buffer.from("main.tf") },
    });
    const { data } = await octokit.rest.git.getTree({ ...REPO, tree_sha: "main", recursive: "1" });
    // As `git write-tree` and `git ls-tree -r -t` of git 2.39 say for the same files.
    expect(data.sha).to.equal("e0eb8f00e371a20ab74e52d46cfcc21a67a02ce9");
    expect(data.tree.map(({ mode, type, sha, path }) => [mode, type, sha, path])).to.deep.equal([
      ["100755", "blob", "c1b0730e0133447badcfd47fd144e254807b06e1", "a.tf"],
      ["040000", "tree", "36bd13ef9291e34258b286df6beefede4d7547a6", "a"],
      ["100644", "blob", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "a/b.tf"],
      ["120000", "blob", "be6d29591d7381645582cbb8b1184293edd53ae1", "link"],
      ["100644", "blob", "8954bb97349bfe2a7799e6a7a64c6f747c635d6c", "main.tf"],
    ]);
  });

  it("says when a tree is longer than what it shows", async () => {
    const { octokit } = await withFiles({ "a/1": "", "a/2": "", "b/1": "" }, 2);
    const tree = async (tree_sha: string, recursive?: string) => {
      const { data } = await octokit.rest.git.getTree({
        ...REPO,
        tree_sha,
        ...(recursive !== undefined && { recursive }),
      });
      return { paths: data.tree.map(({ path }) => path), truncated: data.truncated };
    };
    expect(await tree("main", "1")).to.deep.equal({ paths: ["a", "a/1"], truncated: true });
    expect(await tree("main")).to.deep.equal({ paths: ["a", "b"], truncated: false });
  });

  it("reads a file at a ref, as base64 and raw", async () => {
    const { repository, octokit } = await withFiles({ "conf/plan.yaml": "drafts: true\n" });
    const old = repository.head();
    await repository.commit({ files: { "conf/plan.yaml": "drafts: false\n" } });
    const path = "conf/plan.yaml";
    const { data } = await octokit.rest.repos.getContent({ ...REPO, path, ref: old });
    if (Array.isArray(data) || data.type !== "file") throw new Error("It is no file.");
    expect(Buffer.from(data.content, "base64").toString()).to.equal("drafts: true\n");
    expect(data).to.include({ name: "plan.yaml", path, size: 13, encoding: "base64" });
    const raw = await octokit.rest.repos.getContent({
      ...REPO,
      path,
      mediaType: { format: "raw" },
    });
    expect(raw.data).to.equal("drafts: false\n");
  });

  it("lists a folder, and answers 404 for what is missing", async () => {
    const { octokit } = await withFiles({ "m/a.tf": "", "m/n/b.tf": "" });
    const { data } = await octokit.rest.repos.getContent({ ...REPO, path: "m" });
    if (!Array.isArray(data)) throw new Error("It is no folder.");
    expect(data.map(({ path, type }) => `${type} ${path}`)).to.deep.equal([
      "file m/a.tf",
      "dir m/n",
    ]);
    const get = (given: object) =>
      refusal(
        octokit.request("GET /repos/{owner}/{repo}/contents/{path}", {
          ...REPO,
          path: "m",
          ...given,
        }),
      );
    expect(await get({ path: "none" })).to.deep.equal({ status: 404, message: "Not Found" });
    expect(await get({ ref: "gone" })).to.deep.equal({
      status: 404,
      message: "No commit found for the ref gone",
    });
  });

  it("finds commits by branch, id, short id and pull request", async () => {
    const { hub, repository, octokit } = await withFiles({ "main.tf": "" });
    const fork = hub.github.fork(repository, "mallory");
    const pull = await repository.openPullRequest({
      branch: "evil",
      from: fork,
      files: { "main.tf": "theirs" },
    });
    const { data: ref } = await octokit.rest.git.getRef({ ...REPO, ref: "pull/1/head" });
    expect(ref).to.deep.include({ ref: "refs/pull/1/head" });
    expect(ref.object.sha).to.equal(pull.headSha);
    const names = [pull.headSha, pull.headSha.slice(0, 9), "pull/1/head", "refs/pull/1/head"];
    for (const name of names) {
      const { data } = await octokit.rest.repos.getCommit({ ...REPO, ref: name });
      expect(data.sha, name).to.equal(pull.headSha);
      expect(data.parents.map(({ sha }) => sha)).to.deep.equal([repository.head()]);
      expect(data.files?.map(({ filename, status }) => [filename, status])).to.deep.equal([
        ["main.tf", "modified"],
      ]);
    }
    const missing = refusal(octokit.rest.repos.getCommit({ ...REPO, ref: "evil" }));
    expect(await missing).to.deep.equal({ status: 422, message: "No commit found for SHA: evil" });
  });

  it("imports a real folder, links and executable files included", async () => {
    const { repository, octokit } = await withFiles({ "gone.tf": "" });
    const folder = await mkdtemp(join(tmpdir(), "switchyard-import-"));
    try {
      for (const left of [".git", ".terraform", "m/node_modules"]) {
        await mkdir(join(folder, left), { recursive: true });
        await writeFile(join(folder, left, "file"), "no");
      }
      await writeFile(join(folder, "run.sh"), "#!/bin/sh\n");
      await chmod(join(folder, "run.sh"), 0o755);
      await symlink("../x", join(folder, "m", "link"));
      await repository.import(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
    const { data } = await octokit.rest.git.getTree({ ...REPO, tree_sha: "main", recursive: "1" });
    expect(data.tree.map(({ mode, path }) => `${mode} ${path}`)).to.deep.equal([
      "040000 m",
      "120000 m/link",
      "100755 run.sh",
    ]);
  });
});

describe("GitHub tarballs", () => {
  it("hold a commit below one folder, as git archive writes it", async () => {
    const long = `${"deep/".repeat(30)}file-with-a-rather-long-name-${"x".repeat(90)}.tf`;
    const { repository, octokit } = await withFiles({
      "main.tf": "# hello\n",
      "run.sh": { mode: "100755", content: Buffer.from("#!/bin/sh\n") },
      "m/link": { mode: "120000", content: Buffer.from("../main.tf") },
      [long]: "long\n",
    });
    const ref = repository.head();
    const { data } = await octokit.rest.repos.downloadTarballArchive({ ...REPO, ref });
    const archive = Buffer.from(data as ArrayBuffer);
    const top = `acme-infra-${ref.slice(0, 7)}`;
    const entries = await entriesOf(archive);
    const plain = entries.filter(({ path }) => !path.includes("/deep/"));
    expect(plain).to.deep.equal([
      { path: `${top}/`, type: "Directory", mode: "775", content: "" },
      { path: `${top}/m/`, type: "Directory", mode: "775", content: "" },
      { path: `${top}/m/link`, type: "SymbolicLink", mode: "777", content: "../main.tf" },
      { path: `${top}/main.tf`, type: "File", mode: "664", content: "# hello\n" },
      { path: `${top}/run.sh`, type: "File", mode: "775", content: "#!/bin/sh\n" },
    ]);
    expect(entries.find(({ path }) => path === `${top}/${long}`)?.content).to.equal("long\n");
    // What `git get-tar-commit-id` reads: a global header, and in it the commit as a comment.
    const tar = gunzipSync(archive).toString("latin1");
    expect([tar.slice(0, 17), tar.charAt(156)]).to.deep.equal(["pax_global_header", "g"]);
    expect(tar.slice(512, 564)).to.equal(`52 comment=${ref}\n`);
  });

  it("leave out what .gitattributes says", async () => {
    const { octokit } = await withFiles({
      ".gitattributes": "*.md export-ignore\n/docs export-ignore\nkeep.md -export-ignore\n",
      "a.md": "",
      "keep.md": "",
      "docs/x.tf": "",
      "m/docs/y.tf": "",
      "m/.gitattributes": "secret/ export-ignore\n",
      "m/secret/z": "",
      "m/b.md": "",
    });
    const { data } = await octokit.rest.repos.downloadTarballArchive({ ...REPO, ref: "main" });
    const entries = await entriesOf(Buffer.from(data as ArrayBuffer));
    const files = entries.filter(({ type }) => type === "File");
    expect(files.map(({ path }) => path.slice(path.indexOf("/") + 1))).to.deep.equal([
      ".gitattributes",
      "keep.md",
      "m/.gitattributes",
      "m/docs/y.tf",
    ]);
  });

  it("are downloaded by a link that admits to one archive for five minutes", async () => {
    const { hub, clock, id } = await withFiles({ "main.tf": "" });
    const { headers, status } = await hub.github.send({
      method: "GET",
      url: new URL("https://api.github.com/repos/acme/infra/tarball/main"),
      headers: [
        ["Authorization", `Bearer ${await mint(hub, id, { permissions: { contents: "read" } })}`],
      ],
      body: Buffer.alloc(0),
    });
    const location = header(headers, "location") ?? "";
    expect(status).to.equal(302);
    expect(location).to.match(
      /^https:\/\/codeload\.github\.com\/acme\/infra\/legacy\.tar\.gz\/[0-9a-f]{40}\?token=\w+$/,
    );
    const [bare = ""] = location.split("?");
    expect((await download(hub, bare)).status).to.equal(404);
    const good = await download(hub, location);
    expect([good.status, header(good.headers, "content-type")]).to.deep.equal([
      200,
      "application/x-gzip",
    ]);
    expect((await bodyOf(good)).length).to.be.above(100);
    await clock.advance({ seconds: 301 });
    expect((await download(hub, location)).status).to.equal(404);
  });

  it("need contents:read", async () => {
    const { hub, id } = await withFiles({ "main.tf": "" });
    const token = await mint(hub, id, { permissions: { issues: "write" } });
    const call = withToken(hub, token).rest.repos.downloadTarballArchive({ ...REPO, ref: "main" });
    expect(await refusal(call)).to.deep.equal({
      status: 403,
      message: "Resource not accessible by integration",
    });
  });
});
