import { expect } from "chai";
import { killInstances, needsProc } from "../../support/role-instances.ts";
import {
  allDone,
  expectOneCommentEach,
  finishedHeads,
  messagesOf,
  pushAll,
} from "../../systems/plan-runner/crowd.ts";
import { POINTS } from "../../systems/plan-runner/points.ts";
import { Scene } from "../../systems/plan-runner/scene.ts";
import { leasesOver, stateObjects } from "../../systems/plan-runner/state.ts";

const SIZE = { pullRequests: 50, heads: 10 };

describe("plan-runner, pushed to by many and killed all the time", function () {
  needsProc(this);
  this.timeout(900_000);
  let scene: Scene;

  before(async () => {
    scene = await Scene.create();
    await scene.platform.start();
  });

  after(() => scene.end());

  it("loses nothing and posts nothing twice", async () => {
    const { platform } = scene;
    const pushed = pushAll(platform, SIZE);
    const done = pushed.then(() => allDone(platform));
    let kills = 0;
    const killing = async (): Promise<void> => {
      for (const { victims, reach } of POINTS) {
        await reach(scene);
        await Promise.all(victims.map(killInstances));
        await scene.letGo();
        kills += 1;
      }
    };
    // Points that are not reached any more are nobody's: all is done.
    await Promise.race([killing().then(() => done), done]);
    expect(kills).to.equal(POINTS.length);
    expect(await done).to.be.at.least(messagesOf(SIZE));
    expectOneCommentEach(platform, await pushed);
    const finished = finishedHeads(platform);
    expect(finished).to.have.lengthOf(new Set(finished).size);
    await leasesOver(platform);
    const left = await stateObjects(platform, "leases/");
    // A download that died with its runner leaves a lease that is over, where a newer push made its commit nobody's affair.
    const ofDownloads = left.filter((name) => name.startsWith("leases/checkout-"));
    expect(left).to.deep.equal(ofDownloads);
    expect(left.length).to.be.at.most(
      POINTS.filter(({ title }) => title.includes("download")).length,
    );
  });
});
