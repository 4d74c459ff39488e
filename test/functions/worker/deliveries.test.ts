import { expect } from "chai";
import { deliveriesInBucket } from "../../../functions/worker/adapters.ts";
import type { Claim, Deliveries } from "../../../functions/worker/ports.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { thrownBy } from "../../support/thrown-by.ts";
import { TimeByHand } from "../../support/time-by-hand.ts";

const CLAIM_SECONDS = 9;

/** Instances of workers, and a time that a test moves. */
class Scene {
  readonly objects = new ObjectsInMemory();
  readonly time = new TimeByHand(1_000_000);
  /** Seconds between the renewals of each claim. */
  readonly renewals: number[] = [];
  #ids = 0;

  instance(worker = "brain"): Deliveries {
    const { objects, time } = this;
    return deliveriesInBucket({
      worker,
      claimSeconds: CLAIM_SECONDS,
      objects,
      now: () => time.now,
      newId: () => `id-${(this.#ids += 1)}`,
      every: (seconds, action) => {
        this.renewals.push(seconds);
        return time.every(seconds, action);
      },
      after: time.after,
      wait: (seconds) => time.tick(seconds),
    });
  }

  async claim(key: string): Promise<Claim> {
    const claim = await this.instance().begin(key);
    if (typeof claim === "string") throw new Error(`It is ${claim}.`);
    return claim;
  }

  /** Where another instance finds a key: "new" where it is given the work. */
  async standing(key: string, worker?: string): Promise<"new" | "running" | "done"> {
    const claim = await this.instance(worker).begin(key);
    if (typeof claim === "string") return claim;
    await claim.release();
    return "new";
  }
}

describe("deliveriesInBucket", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
  });

  it("lets one instance begin, and tells the other when it has finished", async () => {
    const claim = await scene.claim("a");
    expect(await scene.standing("a")).to.equal("running");
    await claim.finish();
    expect(await scene.standing("a")).to.equal("done");
    await claim.release();
    expect(await scene.standing("a")).to.equal("done");
  });

  it("tells an attempt that came meanwhile what the earlier one has finished", async () => {
    const claim = await scene.claim("a");
    const other = scene.standing("a");
    await claim.finish();
    await claim.release();
    expect(await other).to.equal("done");
  });

  it("takes a key for new of which nothing was finished", async () => {
    const claim = await scene.claim("a");
    await claim.release();
    expect(await scene.standing("a")).to.equal("new");
  });

  it("gives the work of an instance that was killed to the very next attempt", async () => {
    await scene.claim("a");
    scene.time.stopAll();
    expect(await scene.standing("a")).to.equal("new");
  });

  it("gives that work to one of two", async () => {
    await scene.claim("a");
    scene.time.stopAll();
    const begun = await Promise.all([scene.instance().begin("a"), scene.instance().begin("a")]);
    expect(begun.filter((each) => each === "running")).to.have.length(1);
  });

  it("keeps a claim for as long as its instance lives, past two renewals that fail", async () => {
    const claim = await scene.claim("a");
    expect(scene.renewals).to.deep.equal([CLAIM_SECONDS / 3]);
    for (let times = 0; times < 100; times += 1) await scene.time.tick(CLAIM_SECONDS / 3);
    expect(claim.signal.aborted).to.equal(false);
    expect(await scene.standing("a")).to.equal("running");
  });

  it("tells who has lost its claim, and leaves the other's alone", async () => {
    const first = await scene.claim("a");
    scene.time.now += CLAIM_SECONDS * 1000;
    const second = await scene.claim("a");
    await scene.time.tick(CLAIM_SECONDS / 3);
    expect([first.signal.aborted, second.signal.aborted]).to.deep.equal([true, false]);
    await first.release();
    expect(await scene.standing("a")).to.equal("running");
  });

  it("tells workers apart that are given the same key", async () => {
    await scene.claim("a");
    expect(await scene.standing("a", "testimonios")).to.equal("new");
  });

  it("holds nothing of a key that was done before", async () => {
    const claim = await scene.claim("a");
    await claim.finish();
    await claim.release();
    expect(await scene.standing("a")).to.equal("done");
    expect(scene.objects.stored.size).to.equal(1);
    expect(scene.time.repeating).to.equal(0);
  });

  it("shows no key in the name of an object, and leaves one when all is done", async () => {
    const claim = await scene.claim("../other/a key");
    await claim.finish();
    await claim.release();
    expect([...scene.objects.stored.keys()].join()).to.match(
      /^deliveries\/brain\/[0-9a-f]{64}\/done$/,
    );
    expect(scene.time.repeating).to.equal(0);
  });

  it("lets go of its claim where it cannot tell what was done", async () => {
    const read = scene.objects.read.bind(scene.objects);
    scene.objects.read = () => Promise.reject(new Error("no bucket"));
    expect(String(await thrownBy(() => scene.claim("a")))).to.include("no bucket");
    scene.objects.read = read;
    expect(scene.time.repeating).to.equal(0);
    expect(scene.objects.stored.size).to.equal(0);
  });
});
