import { expect } from "chai";
import { chmodSync, lstatSync, readdirSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { FolderProblem } from "../../../../../local/outside/github/folders/git.ts";
import { changesOf } from "../../../../../local/outside/github/state/difference.ts";
import { following, Place, type Following } from "./workplace.ts";

const MODULE = 'resource "terraform_data" "a" {}\n';

describe("a folder as a repository of the stand-in GitHub", () => {
  let place: Place;
  beforeEach(() => (place = new Place()));
  afterEach(() => place.remove());

  /** Paths that a pull request changes. */
  function changed({ follower }: Following, number = 1): readonly string[] {
    return changesOf(follower.desk.pullRequest(number).pull).map(({ filename }) => filename);
  }

  async function refusal(): Promise<string> {
    const error: unknown = await following(place).catch((reason: unknown) => reason);
    if (error instanceof FolderProblem) return error.message.replaceAll(place.folder, "FOLDER");
    throw new Error("It was not refused.");
  }

  describe("with git", () => {
    beforeEach(() => {
      place.git("init", "--quiet", "--initial-branch", "main");
      place.commit("Begin", { "main.tf": MODULE, "docs/a.md": "a\n" });
    });

    it("has its commits under git's own ids, and all that is committed", async () => {
      place.write("bin/run.sh", "#!/bin/sh\n");
      chmodSync(join(place.folder, "bin/run.sh"), 0o755);
      symlinkSync("../../etc/passwd", join(place.folder, "link"));
      const sha = place.commit("Add a script and a link", {});
      place.write("not-committed.tf", MODULE);
      const { desk } = (await following(place)).follower;
      const commit = desk.repository.commits.get(desk.head());
      expect([commit?.sha, commit?.treeSha, commit?.message]).to.deep.equal([
        sha,
        place.git("rev-parse", "HEAD^{tree}"),
        "Add a script and a link",
      ]);
      const files = [...(commit?.files ?? [])].map(([path, { mode, content }]) => [
        path,
        mode,
        content.toString(),
      ]);
      expect(files).to.deep.equal([
        ["bin/run.sh", "100755", "#!/bin/sh\n"],
        ["docs/a.md", "100644", "a\n"],
        ["link", "120000", "../../etc/passwd"],
        ["main.tf", "100644", MODULE],
      ]);
    });

    it("makes a pull request of the branch that is checked out, and of each commit a push", async () => {
      const followed = await following(place);
      expect(await followed.sync()).to.deep.equal([]);
      place.git("switch", "--quiet", "--create", "try");
      expect(await followed.sync()).to.deep.equal([]);
      const first = place.commit("Add b", { "b.tf": MODULE });
      expect(await followed.sync()).to.deep.equal([`opened #1 ${first}`]);
      const second = place.commit("Add c", { "c.tf": MODULE });
      expect(await followed.sync()).to.deep.equal([`synchronize #1 ${second}`]);
      expect(await followed.sync()).to.deep.equal([]);
      const { title, user, headRef, baseRef } = followed.follower.desk.pullRequest(1).pull;
      expect({ title, user: user.login, headRef, baseRef }).to.deep.equal({
        title: "Add b",
        user: "dev",
        headRef: "try",
        baseRef: "main",
      });
    });

    it("compares with where the branch left main, also after main went on and after a rebase", async () => {
      place.git("switch", "--quiet", "--create", "try");
      place.commit("Add b", { "b.tf": MODULE });
      place.git("switch", "--quiet", "main");
      place.commit("Add m", { "m.tf": MODULE });
      place.git("switch", "--quiet", "try");
      const followed = await following(place);
      await followed.sync();
      expect(changed(followed)).to.deep.equal(["b.tf"]);
      place.git("switch", "--quiet", "main");
      place.commit("Add n", { "n.tf": MODULE });
      await followed.sync();
      expect(changed(followed)).to.deep.equal(["b.tf"]);
      place.git("switch", "--quiet", "try");
      place.git("rebase", "--quiet", "main");
      const head = place.git("rev-parse", "HEAD");
      expect(await followed.sync()).to.deep.equal([`synchronize #1 ${head}`]);
      expect(changed(followed)).to.deep.equal(["b.tf"]);
      place.git("switch", "--quiet", "main");
      place.git("merge", "--quiet", "--no-ff", "--message", "Merge", "try");
      await followed.sync();
      expect(changed(followed)).to.deep.equal(["b.tf"]);
    });

    it("opens no second pull request for a branch whose first was closed", async () => {
      place.git("switch", "--quiet", "--create", "try");
      place.commit("Add b", { "b.tf": MODULE });
      const followed = await following(place);
      await followed.sync();
      await followed.follower.desk.pullRequest(1).close();
      place.commit("Add c", { "c.tf": MODULE });
      expect(await followed.sync()).to.deep.equal([]);
    });

    it("closes the pull request of a branch that is deleted", async () => {
      place.git("switch", "--quiet", "--create", "try");
      const head = place.commit("Add b", { "b.tf": MODULE });
      const followed = await following(place);
      await followed.sync();
      place.git("switch", "--quiet", "main");
      place.git("branch", "--quiet", "--delete", "--force", "try");
      expect(await followed.sync()).to.deep.equal([`closed #1 ${head}`]);
    });

    it("has the other branches too, without pull requests, while a commit is checked out", async () => {
      place.git("switch", "--quiet", "--create", "try");
      place.commit("Add b", { "b.tf": MODULE });
      place.git("switch", "--quiet", "--detach");
      const followed = await following(place);
      expect(await followed.sync()).to.deep.equal([]);
      expect([...followed.follower.desk.repository.branches.keys()]).to.have.members([
        "main",
        "try",
      ]);
    });

    it("takes what its origin says for the default branch", async () => {
      place.git("branch", "trunk");
      place.git("update-ref", "refs/remotes/origin/trunk", "main");
      place.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
      const { desk } = (await following(place)).follower;
      expect(desk.repository.defaultBranch).to.equal("trunk");
    });

    it("says which branches are left out where there are too many, never the one that is checked out", async () => {
      for (let n = 0; n < 20; n++) place.git("branch", `b${n}`);
      place.git("switch", "--quiet", "b7");
      const followed = await following(place);
      await followed.sync();
      const { branches } = followed.follower.desk.repository;
      expect(branches.size).to.equal(20);
      expect([...branches.keys()]).to.include.members(["main", "b7"]);
      expect(followed.log.map(({ severity, message }) => [severity, message])).to.deep.equal([
        [
          "WARNING",
          "dev/infra has too many branches; these are left out until they are checked out: b9",
        ],
      ]);
    });

    it("leaves a submodule out, as an archive does", async () => {
      const sha = place.git("rev-parse", "HEAD");
      place.git("update-index", "--add", "--cacheinfo", `160000,${sha},vendor/other`);
      place.git("commit", "--quiet", "--message", "Add a submodule");
      const { desk } = (await following(place)).follower;
      const commit = desk.repository.commits.get(desk.head());
      expect([...(commit?.files.keys() ?? [])]).to.deep.equal(["docs/a.md", "main.tf"]);
    });
  });

  describe("without git", () => {
    beforeEach(() => {
      place.write("main.tf", MODULE);
      place.write(".plan-runner.yaml", "drafts: true\n");
    });

    it("makes a pull request of what is saved, and of each further save a push", async () => {
      const followed = await following(place);
      expect(await followed.sync()).to.deep.equal([]);
      place.write("b.tf", 'output "b" {}\n');
      const [opened = ""] = await followed.sync();
      expect(opened).to.match(/^opened #1 [0-9a-f]{40}$/);
      expect(changed(followed)).to.deep.equal(["b.tf"]);
      expect(followed.follower.desk.pullRequest(1).pull.title).to.equal("Save b.tf");
      rmSync(join(place.folder, "main.tf"));
      place.write("c.tf", "");
      expect((await followed.sync()).map((each) => each.slice(0, 14))).to.deep.equal([
        "synchronize #1",
      ]);
      expect(changed(followed)).to.deep.equal(["b.tf", "c.tf", "main.tf"]);
      expect(await followed.sync()).to.deep.equal([]);
    });

    it("leaves out what nobody commits and what its own .gitignore says, and follows no link", async () => {
      const secrets = ["terraform.tfstate", "terraform.tfstate.backup", ".env", "own.log"];
      const made = [".terraform/providers/x", "node_modules/x/main.tf", "a/.terraform/x"];
      for (const path of [...secrets, ...made]) place.write(path, "secret\n");
      place.write(".gitignore", "*.log\n");
      place.write(".terraform.lock.hcl", "");
      symlinkSync("/etc", join(place.folder, "outside"));
      const { desk } = (await following(place)).follower;
      const files = desk.repository.commits.get(desk.head())?.files;
      expect([...(files ?? [])].map(([path, { mode }]) => `${mode} ${path}`)).to.deep.equal([
        "100644 .gitignore",
        "100644 .plan-runner.yaml",
        "100644 .terraform.lock.hcl",
        "100644 main.tf",
        "120000 outside",
      ]);
    });

    it("changes nothing in it", async () => {
      const look = (): unknown =>
        readdirSync(place.folder).map((name) => {
          const { mtimeMs, ctimeMs, size } = lstatSync(join(place.folder, name));
          return { name, mtimeMs, ctimeMs, size };
        });
      const before = look();
      const followed = await following(place);
      await followed.sync();
      expect(look()).to.deep.equal(before);
    });

    it("counts as such within a git repository too", async () => {
      const outer = new Place();
      outer.git("init", "--quiet");
      outer.write("modules/main.tf", MODULE);
      const inner = Object.assign(Object.create(outer) as Place, {
        folder: join(outer.folder, "modules"),
      });
      const { follower } = await following(inner);
      expect(follower.source.kind).to.equal("saved");
      outer.remove();
    });
  });

  it("is refused where there is none", async () => {
    rmSync(place.folder, { recursive: true });
    expect(await refusal()).to.equal("FOLDER is no folder.");
  });

  it("is refused as a git repository without a commit", async () => {
    place.git("init", "--quiet");
    expect(await refusal()).to.equal(
      "FOLDER is a git repository without a commit. Make one first: git -C FOLDER commit",
    );
  });

  it("is refused before anything is copied where it is too large", async () => {
    place.write("video.mp4", "");
    truncateSync(join(place.folder, "video.mp4"), 300 * 1024 * 1024);
    expect(await refusal()).to.equal(
      "FOLDER is too large: 300 MB in 1 file. The stand-in GitHub takes 100 MB in 20000 files.",
    );
  });
});
