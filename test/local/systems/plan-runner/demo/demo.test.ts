import { expect } from "chai";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needsTofu } from "../../../../support/tofu.ts";
import { demo, STOPS_WITHIN_MS } from "../../../demo/command.ts";

describe("npm run demo plan-runner", function () {
  needsTofu(this);

  it("tells the story, finds all of it true and leaves nothing behind", async () => {
    const { code, stdout, stderr, left } = await demo(["plan-runner"]);
    expect({ code, stderr, left }, stdout).to.deep.equal({ code: 0, stderr: "", left: [] });
    expect(stdout).to.match(/\nEverything was as told: (\d+) of \1 expectations held/);
    // As a person reads a comment: without its markers, its Markdown and its HTML.
    expect(stdout).to.include("  │ Plan: 2 to add, 1 output to change\n");
    expect(stdout).not.to.match(/│.*(?:<!--|<details|```)/);
    const wide = stdout.split("\n").filter((line) => line.length > 80 && !line.includes("curl"));
    expect(wide).to.deep.equal([]);
  }).timeout(240_000);

  describe("on a person's own folder", () => {
    let folder: string;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "demo-folder-"));
      await mkdir(join(folder, "envs/prod"), { recursive: true });
      await writeFile(join(folder, "main.tf"), 'resource "terraform_data" "mine" {}\n');
      // A folder that cannot be planned here is told of like any other.
      await writeFile(join(folder, "envs/prod/main.tf"), 'variable "missing" {}\n');
    });
    after(() => rm(folder, { recursive: true }));

    it("plans it, and ends at Ctrl-C between two attempts with nothing left", async () => {
      const ended = await demo(["plan-runner", folder], "attempt 2: 429");
      const { code, stdout, stderr, stoppedAfterMs, left } = ended;
      expect({ code, stderr, left }, stdout).to.deep.equal({ code: 130, stderr: "", left: [] });
      expect(stoppedAfterMs).to.be.below(STOPS_WITHIN_MS);
      expect(stdout).to.include("# terraform_data.mine will be created");
      expect(stdout).to.include("✓ check plan: queued, in_progress, completed: success");
      expect(stdout).to.include("✓ check plan: envs/prod: queued, in_progress, completed: failure");
      expect(stdout).not.to.include("✗");
    }).timeout(240_000);
  });

  it("ends at Ctrl-C while OpenTofu plans, with nothing left", async () => {
    const { code, stdout, stderr, stoppedAfterMs, left } = await demo(
      ["plan-runner"],
      "plan-executor: cold start",
    );
    expect({ code, stderr, left }, stdout).to.deep.equal({ code: 130, stderr: "", left: [] });
    expect(stoppedAfterMs).to.be.below(STOPS_WITHIN_MS);
  }).timeout(120_000);
});
