import { expect } from "chai";
import type { PullRequestDesk } from "../../../local/outside/github/developer/pull-request.ts";
import { killInstances, needsProc } from "../../support/role-instances.ts";
import { allDone, expectOneCommentEach, finishedHeads } from "./crowd.ts";
import { POINTS } from "./points.ts";
import { installed, planned } from "./pull-requests.ts";
import { Scene } from "./scene.ts";
import { leasesOver, stateObjects } from "./state.ts";

describe("plan-runner, killed", function () {
  needsProc(this);
  this.timeout(60_000);
  let scene: Scene;
  const pulls: PullRequestDesk[] = [];

  before(async () => {
    scene = await Scene.create();
    await scene.platform.start();
  });

  after(() => scene.end());

  for (const { title, victims, reach, isPassing } of POINTS) {
    it(`brings the message again: ${title}`, async () => {
      const { platform } = scene;
      const repository = await installed(platform);
      const reached = reach(scene);
      const opening = repository.openPullRequest({
        branch: "change",
        files: planned("No changes."),
      });
      await reached;
      await Promise.all(victims.map(killInstances));
      await scene.letGo();
      pulls.push(await opening);
      await platform.settle();
      const last = platform.log.findLast(({ fields }) => fields?.subscription === "plan-runner");
      expect(last?.fields?.status).to.be.oneOf([502, 503, ...(isPassing ? [204] : [])]);
    });
  }

  it("then has each plan in one comment, posted once, and forgets who died", async () => {
    const { platform } = scene;
    await leasesOver(platform);
    expect(await allDone(platform)).to.equal(POINTS.length);
    expectOneCommentEach(platform, pulls);
    const heads = pulls.map(({ headSha }) => headSha);
    expect(finishedHeads(platform).sort()).to.deep.equal(heads.sort());
    expect(await stateObjects(platform, "results/")).to.have.lengthOf(POINTS.length);
    expect(await stateObjects(platform, "leases/")).to.deep.equal([]);
  });
});
