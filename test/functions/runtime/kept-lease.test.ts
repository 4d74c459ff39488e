import { expect } from "chai";
import { awaitLease, keepLease } from "../../../functions/runtime/kept-lease.ts";
import type { KeptLease } from "../../../functions/runtime/kept-lease.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { TimeByHand } from "../../support/time-by-hand.ts";

const NAME = "leases/x";
const TERM = { seconds: 60, renewSeconds: 20 };

/** Processes that want the same lease, and a time that a test moves. */
class Scene {
  readonly objects = new ObjectsInMemory();
  readonly time = new TimeByHand();
  readonly waits: number[] = [];
  #ids = 0;

  keep(): Promise<KeptLease | undefined> {
    return keepLease(NAME, TERM, this.#ports());
  }

  wait(): Promise<KeptLease | undefined> {
    return awaitLease(NAME, TERM, this.#ports());
  }

  async held(): Promise<KeptLease> {
    const lease = await this.keep();
    if (lease === undefined) throw new Error("Another holds it.");
    return lease;
  }

  #ports() {
    const { objects, time } = this;
    return {
      objects,
      now: () => time.now,
      newId: () => `holder-${(this.#ids += 1)}`,
      every: time.every,
      after: time.after,
      wait: async (seconds: number) => {
        this.waits.push(seconds);
        await time.tick(seconds);
      },
    };
  }
}

describe("keepLease", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
  });

  it("is lost when its term is over, whatever its renewals do", async () => {
    const lease = await scene.held();
    scene.objects.replace = () => Promise.withResolvers<string>().promise;
    void scene.time.tick(59);
    expect([lease.isHeld(), lease.signal.aborted]).to.deep.equal([true, false]);
    void scene.time.tick(1);
    expect([lease.isHeld(), lease.signal.aborted]).to.deep.equal([false, true]);
  });

  it("is lost by the clock even before anybody is told", async () => {
    const lease = await scene.held();
    scene.time.now += 60_000;
    expect([lease.isHeld(), lease.signal.aborted]).to.deep.equal([false, false]);
  });

  it("is lost at the renewal that finds another holder", async () => {
    const lease = await scene.held();
    await scene.objects.write(NAME, "another's");
    await lease.renew();
    expect([lease.isHeld(), lease.signal.aborted]).to.deep.equal([false, true]);
  });

  it("outlives a renewal that fails", async () => {
    const lease = await scene.held();
    const replace = scene.objects.replace.bind(scene.objects);
    scene.objects.replace = () => Promise.reject(new Error("no bucket"));
    await scene.time.tick(20);
    scene.objects.replace = replace;
    await scene.time.tick(20);
    await scene.time.tick(59);
    expect([lease.isHeld(), lease.signal.aborted]).to.deep.equal([true, false]);
  });

  it("holds for another term with every renewal, and leaves nothing behind", async () => {
    const lease = await scene.held();
    for (let times = 0; times < 10; times += 1) await scene.time.tick(20);
    expect([lease.isHeld(), lease.signal.aborted]).to.deep.equal([true, false]);
    expect(await scene.keep()).to.equal(undefined);
    await lease.release();
    expect(scene.time.repeating).to.equal(0);
    expect(scene.objects.stored.size).to.equal(0);
  });
});

describe("awaitLease", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
  });

  it("waits for nobody where nobody holds it", async () => {
    expect((await scene.wait())?.isHeld()).to.equal(true);
    expect(scene.waits).to.deep.equal([]);
  });

  it("takes over from a holder that was killed, once its term is over", async () => {
    await scene.held();
    scene.time.stopAll();
    expect((await scene.wait())?.isHeld()).to.equal(true);
    expect(scene.waits).to.deep.equal([0.2, 0.3, 0.5, 1, 2, 3, 5, 8, 8, 8, 8, 8, 8]);
  });

  it("takes over from a holder that was killed the moment after it renewed", async () => {
    const lease = await scene.held();
    await scene.time.tick(59);
    await lease.renew();
    scene.time.stopAll();
    expect((await scene.wait())?.isHeld()).to.equal(true);
  });

  it("takes it as soon as it is let go of", async () => {
    const lease = await scene.held();
    const next = scene.wait();
    await lease.release();
    expect((await next)?.isHeld()).to.equal(true);
  });

  it("leaves it to a holder that lives, and waits for hardly longer than a term", async () => {
    const lease = await scene.held();
    expect(await scene.wait()).to.equal(undefined);
    expect(scene.waits.reduce((sum, seconds) => sum + seconds)).to.be.within(60, 68);
    expect(await scene.wait()).to.equal(undefined);
    expect(lease.isHeld()).to.equal(true);
  });
});
