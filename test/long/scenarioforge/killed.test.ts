import fc from "fast-check";
import { onPlatform } from "../../support/platform.ts";
import { needsProc } from "../../support/role-instances.ts";
import { SHORT_LEASES, stormsOf, weather } from "../../systems/scenarioforge/killed.ts";

const BUILDS = 200;
const KILLS = 12;
const STORMS = 3;

describe("scenarioforge, with workers killed again and again", function () {
  needsProc(this);
  onPlatform(
    "on the platform",
    (p) => {
      const storms = fc.sample(stormsOf(BUILDS, KILLS), { seed: 12, numRuns: STORMS });
      for (const [at, storm] of storms.entries()) {
        it(`makes one run of ${BUILDS} builds that are alike, and ends it: ${at + 1}`, () =>
          weather(storm, p));
      }
    },
    SHORT_LEASES,
  );
});
