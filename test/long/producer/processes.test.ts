import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { TestPlatform } from "../../support/platform.ts";
import { needsProc } from "../../support/role-instances.ts";
import { history, play } from "../../systems/producer/histories.ts";
import type { History } from "../../systems/producer/histories.ts";
import { SHORT_RUNS } from "../../systems/producer/workspace.ts";

const HISTORIES = 50;
/** One takes a few seconds. */
const MAX_SECONDS = 90;

describe("producer, in many random histories with real processes", function () {
  needsProc(this);
  let platform: TestPlatform | undefined;

  /** A history that failed may go on: the next has a platform of its own. */
  afterEach(async function endFailed() {
    if (this.currentTest?.state !== "passed") await stop();
  });
  after(() => stop());

  async function started(): Promise<TestPlatform> {
    if (platform !== undefined) return platform;
    const made = new TestPlatform({ env: SHORT_RUNS });
    await made.start();
    platform = made;
    return made;
  }

  async function stop(): Promise<void> {
    await platform?.stop();
    platform = undefined;
  }

  async function problems(of: History): Promise<readonly string[]> {
    const played = new AbortController();
    const never = ["it did not come to its end"];
    try {
      const { signal } = played;
      return await Promise.race([
        play(of, await started()),
        delay(MAX_SECONDS * 1000, never, { signal }),
      ]);
    } finally {
      played.abort();
    }
  }

  // Other ones each time: what fails is printed whole.
  for (const [at, each] of fc.sample(history, HISTORIES).entries()) {
    it(`loses no event, takes no answer for another's, never moves the cursor back: ${at + 1}`, async () => {
      expect(await problems(each), JSON.stringify(each)).to.deep.equal([]);
    }).timeout(2 * MAX_SECONDS * 1000);
  }
});
