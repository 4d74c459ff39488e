import { expect } from "chai";
import { DeliveriesInBucket } from "../../../functions/worker/adapters.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const CLAIM_SECONDS = 600;

/** Two instances of one worker, and a time that a test moves. */
function instances() {
  const objects = new ObjectsInMemory();
  const time = { now: 1_000_000 };
  const instance = (worker = "brain") =>
    new DeliveriesInBucket(objects, { worker, claimSeconds: CLAIM_SECONDS, now: () => time.now });
  return { objects, time, instance, one: instance(), other: instance() };
}

describe("DeliveriesInBucket", () => {
  it("lets one instance begin, and tells the other when it has finished", async () => {
    const { one, other } = instances();
    const begun = await Promise.all([one.begin("a"), other.begin("a")]);
    expect(begun).to.deep.equal(["new", "running"]);
    await one.finish("a");
    expect(await other.begin("a")).to.equal("done");
  });

  it("takes an abandoned key for new", async () => {
    const { one, other } = instances();
    await one.begin("a");
    await one.abandon("a");
    expect(await other.begin("a")).to.equal("new");
  });

  it("gives the work of an instance that is gone to one other, once it can no longer be running", async () => {
    const { time, one, other, instance } = instances();
    await one.begin("a");
    time.now += CLAIM_SECONDS * 1000 - 1;
    expect(await other.begin("a")).to.equal("running");
    time.now += 1;
    const begun = await Promise.all([other.begin("a"), instance().begin("a")]);
    expect(begun.toSorted()).to.deep.equal(["new", "running"]);
    // The first comes back after all: what the others noted stays.
    await one.abandon("a");
    expect(await instance().begin("a")).to.equal("running");
  });

  it("tells workers apart that are given the same key", async () => {
    const { one, instance } = instances();
    await one.begin("a");
    expect(await instance("testimonios").begin("a")).to.equal("new");
  });

  it("shows no key in the name of an object", async () => {
    const { objects, one } = instances();
    await one.begin("../other/a key");
    expect([...objects.stored.keys()].join()).to.match(/^deliveries\/brain\/[0-9a-f]{64}$/);
  });

  it("keeps its claim where finishing fails, and can finish again", async () => {
    const { objects, one, other } = instances();
    await one.begin("a");
    const replace = objects.replace.bind(objects);
    objects.replace = () => Promise.reject(new Error("no bucket"));
    expect(String(await thrownBy(() => one.finish("a")))).to.include("no bucket");
    objects.replace = replace;
    await one.finish("a");
    expect(await other.begin("a")).to.equal("done");
  });

  it("finishes only what it has begun", async () => {
    const { one } = instances();
    expect(String(await thrownBy(() => one.finish("a")))).to.include("did not begin");
  });
});
