import { expect } from "chai";
import { holdLease } from "../../../functions/plan-runner/held-lease.ts";
import { World } from "./world.ts";

describe("holdLease", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  async function hold() {
    const lease = await holdLease("leases/x", 60, world.ports);
    if (lease === undefined) throw new Error("Nobody else holds it.");
    return lease;
  }

  it("is lost when its term is over, whatever its renewals do", async () => {
    const lease = await hold();
    world.objects.replace = () => Promise.withResolvers<string>().promise;
    void world.tick(59);
    lease.check();
    expect(lease.signal.aborted).to.equal(false);
    void world.tick(1);
    expect(lease.signal.aborted).to.equal(true);
    expect(() => lease.check()).to.throw("The lease was lost.");
  });

  it("is lost by the clock even before anybody is told", async () => {
    const lease = await hold();
    world.now += 60_000;
    expect(() => lease.check()).to.throw("The lease was lost.");
  });

  it("holds for another term with every renewal, and leaves nothing behind", async () => {
    const lease = await hold();
    for (let times = 0; times < 10; times += 1) await world.tick(20);
    lease.check();
    expect(lease.signal.aborted).to.equal(false);
    await lease.release();
    expect(world.repeating).to.equal(0);
    expect(world.stored("leases/")).to.deep.equal([]);
  });
});
