import { expect } from "chai";
import { claim, type Claimed } from "../../../functions/scenarios/claims.ts";
import { deleted, ended } from "../../../functions/scenarios/patches.ts";
import { createRun, updateRun } from "../../../functions/scenarios/runs.ts";
import { World, jumbled, launched } from "./world.ts";

const signature = "5".repeat(64);
const ask = (world: World, runId: string, isForced = false): Promise<Claimed> =>
  claim(world.store, { signature, runId, isForced }, world);
const end = (world: World, runId: string, status: "COMPLETED" | "FAILED") =>
  updateRun(world.store, runId, ended(1, { status, events: [] }, world.time), world);

describe("claim", () => {
  it("is won by one of 200 who ask at once, and the others share that run", async () => {
    const world = new World();
    const asked = Array.from({ length: 200 }, async (_, each) => {
      const claimed = await ask(world, `r${each}`);
      if (claimed.kind === "won") await launched(world, `r${each}`, { signature });
      return { each, claimed };
    });
    const answers = await Promise.all(asked);
    const won = answers.filter(({ claimed }) => claimed.kind === "won");
    expect(won.length).to.equal(1);
    const runId = `r${won[0]?.each ?? ""}`;
    const others = answers.filter(({ claimed }) => claimed.kind !== "won");
    expect(others.map(({ claimed }) => claimed)).to.deep.equal(
      others.map(() => ({ kind: "running", runId })),
    );
    expect(
      world.stores.names("public/").filter((name) => name.endsWith("run.json")).length,
    ).to.equal(1);
  });

  it("is won by one of all, in whatever order their calls come", async () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const world = new World();
      jumbled(world, seed);
      const asked = Array.from({ length: 5 }, async (_, each) => {
        const claimed = await ask(world, `r${each}`);
        if (claimed.kind === "won") await launched(world, `r${each}`, { signature });
        return claimed.kind;
      });
      expect((await Promise.all(asked)).toSorted()).to.deep.equal([
        ...Array<string>(4).fill("running"),
        "won",
      ]);
    }
  });

  it("shares a run that has completed", async () => {
    const world = new World();
    await ask(world, "r1");
    await launched(world, "r1");
    await end(world, "r1", "COMPLETED");
    expect(await ask(world, "r2")).to.deep.equal({ kind: "completed", runId: "r1" });
  });

  it("makes a new run in place of one that failed or was deleted", async () => {
    const world = new World();
    await ask(world, "r1");
    await launched(world, "r1");
    await end(world, "r1", "FAILED");
    expect(await ask(world, "r2")).to.deep.include({ kind: "won", parent: undefined });
    await launched(world, "r2");
    await updateRun(world.store, "r2", deleted("r2", "public", world.time), world);
    expect((await ask(world, "r3")).kind).to.equal("won");
  });

  it("is forced from a run, which becomes the parent", async () => {
    const world = new World();
    await ask(world, "r1");
    await launched(world, "r1");
    expect(await ask(world, "r2", true)).to.deep.include({ kind: "won", parent: "r1" });
    await launched(world, "r2");
    expect(await ask(world, "r3")).to.deep.equal({ kind: "running", runId: "r2" });
  });

  it("says of a run that gave no sign of life for its lease that it stands still", async () => {
    const world = new World();
    await ask(world, "r1");
    await launched(world, "r1");
    world.time += 900_000;
    expect(await ask(world, "r2")).to.deep.equal({ kind: "stalled", runId: "r1", execution: 1 });
  });

  it("is taken over from somebody who made no run of it in time", async () => {
    const world = new World();
    await ask(world, "r1");
    expect((await ask(world, "r2")).kind).to.equal("running");
    world.time += 60_000;
    expect((await ask(world, "r2")).kind).to.equal("won");
  });

  it("is not believed where it names a run of another signature", async () => {
    const world = new World();
    await createRun(world.store, "r1", {
      signature: "6".repeat(64),
      is_final: true,
      status: "COMPLETED",
      is_deleted: false,
      node_status: {},
      execution: 1,
    });
    world.stores.plant(
      `public/_signatures/${signature}.json`,
      JSON.stringify({ run_id: "r1", claimed_at: "", lease_expires_at: "" }),
    );
    expect((await ask(world, "r2")).kind).to.equal("won");
  });

  it("is had in place of what is no claim", async () => {
    const world = new World();
    world.stores.plant(`public/_signatures/${signature}.json`, "nonsense");
    expect((await ask(world, "r2")).kind).to.equal("won");
  });

  it("of whoever asks again after a lost answer is still theirs, until the run is there", async () => {
    const world = new World();
    await ask(world, "r1");
    expect(await ask(world, "r1")).to.deep.equal({ kind: "won", parent: undefined });
    await launched(world, "r1");
    expect(await ask(world, "r1")).to.deep.equal({ kind: "running", runId: "r1" });
  });

  it("is had in place of a run that the original says has failed", async () => {
    const world = new World();
    await ask(world, "r1");
    await launched(world, "r1", { status: "FAIL", is_final: true });
    expect((await ask(world, "r2")).kind).to.equal("won");
  });

  it("is forced from a run that is gone, which is no parent", async () => {
    const world = new World();
    await ask(world, "r1");
    await launched(world, "r1", { is_deleted: true });
    expect(await ask(world, "r2", true)).to.deep.equal({ kind: "won", parent: undefined });
  });
});
