import { access, chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { TestPlatform } from "../../support/platform.ts";
import { runningIn } from "../../support/processes.ts";
import { needsProc } from "../../support/role-instances.ts";
import { installed, planned } from "./pull-requests.ts";
import { planRunnerWith } from "../../support/plan-runner.ts";

/** In place of OpenTofu: makes a plan that nothing but SIGKILL ends. */
const STUBBORN = "#!/bin/sh\ncase $1 in plan) trap '' INT TERM; sleep 61 & sleep 60 ;; esac\n";

/** What README promises of Ctrl-C. */
const MOST_MS = 2_000;
const POLL_MS = 5;

describe("plan-runner, stopped", function () {
  needsProc(this);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "stubborn-"));
    await writeFile(join(folder, "tofu"), STUBBORN);
    await chmod(join(folder, "tofu"), 0o755);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("leaves neither OpenTofu nor its files where it stops in the middle of a plan", async () => {
    const platform = new TestPlatform(planRunnerWith({ tofu: join(folder, "tofu") }));
    await platform.start();
    const repository = await installed(platform);
    await repository.openPullRequest({ branch: "change", files: planned("No changes.") });
    const { folder: run } = platform.cloud.attachment();
    const sleepers = () => runningIn(run).filter(({ command }) => command.startsWith("sleep 6"));
    while (sleepers().length < 2) await delay(POLL_MS);

    const began = performance.now();
    await platform.stop();
    while (runningIn(run).length > 0) await delay(POLL_MS);
    expect(performance.now() - began).to.be.below(MOST_MS);
    const isThere = await access(run).then(
      () => true,
      () => false,
    );
    expect(isThere).to.equal(false);
  });
});
