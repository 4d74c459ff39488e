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

  it("finds what is behind a large event, though the service forgets the last one and cuts the look behind it", async () => {
    const event = {
      afterMs: 1,
      attempts: [] as [],
      isPoison: false,
      copies: 1,
      cuts: false,
    } as const;
    const outcome = await play({
      events: [
        { ...event, isLarge: true, isTool: false },
        { ...event, isLarge: false, isTool: true },
        { ...event, isLarge: false, isTool: true },
      ],
      troubles: [{ atMs: 63, kind: "forget-ids", forMs: 1 }],
      deadlineSeconds: 60,
      seed: 1,
    });
    expect(faultsOf(outcome)).to.deep.equal([]);
  });
});
