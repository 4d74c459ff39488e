import { expect } from "chai";
import fc from "fast-check";
import { faultsOf, history, play } from "../../support/producer/histories.ts";

const HISTORIES = 2_000;

describe("a bridge in many random histories", () => {
  it(`loses no event, takes no answer for another's, and never moves the cursor back, in ${HISTORIES}`, async () => {
    await fc.assert(
      fc.asyncProperty(history, async (each) => {
        expect(faultsOf(await play(each))).to.deep.equal([]);
      }),
      { numRuns: HISTORIES },
    );
  });
});
