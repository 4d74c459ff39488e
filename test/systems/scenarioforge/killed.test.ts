import fc from "fast-check";
import { onPlatform } from "../../support/platform.ts";
import { needsProc } from "../../support/role-instances.ts";
import { SHORT_LEASES, stormsOf, weather } from "./killed.ts";

const BUILDS = 20;
const KILLS = 2;

describe("scenarioforge, with workers killed", function () {
  needsProc(this);
  onPlatform(
    "on the platform",
    (p) => {
      for (const storm of fc.sample(stormsOf(BUILDS, KILLS), { seed: 12, numRuns: 1 })) {
        it(`makes one run of ${BUILDS} builds that are alike, and ends it`, () =>
          weather(storm, p)).timeout(180_000);
      }
    },
    SHORT_LEASES,
  );
});
