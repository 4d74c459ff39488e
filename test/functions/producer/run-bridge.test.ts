import { expect } from "chai";
import { BridgeWorld } from "../../support/producer/bridge-world.ts";
import { resultOf } from "../../support/producer/consumer-in-memory.ts";

describe("runBridge", () => {
  let world: BridgeWorld;

  beforeEach(() => {
    world = new BridgeWorld();
  });

  it("answers each event at its callback and moves the cursor behind it, in order", async () => {
    const ids = [1, 2, 3].map((number) => world.ask(number));
    const result = await world.run();
    expect(result).to.deep.equal({ kind: "ended", by: "idle", hasSuccessor: false });
    expect(world.workflows.callbacks.map(({ id, body }) => [id, body])).to.deep.equal(
      ids.map((id, at) => [`callback-${at + 1}`, resultOf(id)]),
    );
    expect(world.workflows.cursors.map(({ eventId }) => eventId)).to.deep.equal(ids);
    expect(world.workflows.lock).to.equal(undefined);
  });
});
