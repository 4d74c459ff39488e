import { expect } from "chai";
import { pageOfRuns } from "../../../functions/scenarios/pages.ts";
import { World, launched } from "../../functions/scenarios/world.ts";

const RUNS = 100_000;
const FIRST_ID = 20_261_121_000_000;

describe("pageOfRuns, of a hundred thousand runs", () => {
  const world = new World();
  before(async () => {
    for (let each = 0; each < RUNS; each += 1) {
      await launched(world, String(FIRST_ID + each), { is_final: true });
    }
  });

  it("takes three calls for a page, be it the first or the last, and shows each run once", async () => {
    const ids = new Set<string>();
    const calls = new Set<number>();
    let after: string | undefined;
    let pages = 0;
    do {
      world.stores.calls.length = 0;
      const query = { limit: 200, after, shows: () => true };
      const { entries, next } = await pageOfRuns(world.store, query, world);
      calls.add(world.stores.calls.length);
      for (const { runId } of entries) ids.add(runId);
      pages += 1;
      after = next;
    } while (after !== undefined);
    expect([...calls]).to.deep.equal([3]);
    expect([pages, ids.size]).to.deep.equal([RUNS / 200, RUNS]);
  });
});
