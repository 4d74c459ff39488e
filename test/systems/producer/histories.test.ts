import { expect } from "chai";
import fc from "fast-check";
import { onPlatform } from "../../support/platform.ts";
import { needsProc } from "../../support/role-instances.ts";
import { history, play } from "./histories.ts";
import { SHORT_RUNS } from "./workspace.ts";

const HISTORIES = 3;

describe("producer, in random histories with real processes", function () {
  needsProc(this);
  onPlatform(
    "on the platform",
    (p) => {
      for (const [at, each] of fc.sample(history, { seed: 11, numRuns: HISTORIES }).entries()) {
        it(`loses no event, takes no answer for another's, never moves the cursor back: ${at + 1}`, async () => {
          expect(await play(each, p)).to.deep.equal([]);
        }).timeout(180_000);
      }
    },
    { env: SHORT_RUNS },
  );
});
