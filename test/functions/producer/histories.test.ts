import { expect } from "chai";
import fc from "fast-check";
import { faultsOf, history, play } from "../../support/producer/histories.ts";

/** test/long plays 2,000. */
const HISTORIES = 25;

describe("a bridge in random histories", () => {
  it("loses no event, takes no answer for another's, and never moves the cursor back", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (each) => {
        expect(faultsOf(await play(each))).to.deep.equal([]);
      }),
      { numRuns: HISTORIES, seed: 7 },
    );
  });
});
