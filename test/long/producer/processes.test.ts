import { expect } from "chai";
import fc from "fast-check";
import { onPlatform } from "../../support/platform.ts";
import { needsProc } from "../../support/role-instances.ts";
import { history, play } from "../../systems/producer/histories.ts";
import { SHORT_RUNS } from "../../systems/producer/workspace.ts";

const HISTORIES = 50;

describe("producer, in many random histories with real processes", function () {
  needsProc(this);
  onPlatform(
    "on the platform",
    (p) => {
      // Other ones each time: what fails is printed whole.
      for (const [at, each] of fc.sample(history, HISTORIES).entries()) {
        it(`loses no event, takes no answer for another's, never moves the cursor back: ${at + 1}`, async () => {
          expect(await play(each, p), JSON.stringify(each)).to.deep.equal([]);
        }).timeout(180_000);
      }
    },
    { env: SHORT_RUNS },
  );
});
