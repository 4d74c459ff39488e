import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import type { Endpoint } from "../../../local/outside/workflows/faults.ts";
import { workflowsOf } from "../../../local/systems/producer/attach.ts";
import { onPlatform } from "../../support/platform.ts";
import { SHORT_RUNS, Workspace } from "./workspace.ts";

/** As short as a bridge takes it. */
const LEASE_MS = 30_000;
/** Longer than the lease, and than the queue waits between two attempts. */
const LATER = { seconds: 95 };
/** A queue whose task has just failed takes its time. */
const SOON = { seconds: 5 };
const NEVER_MS = 3_600_000;
const POLL_MS = 5;

const POINTS: readonly { readonly title: string; readonly at: Endpoint }[] = [
  { title: "before it knows where to begin", at: "read-cursor" },
  { title: "with the lock and no stream", at: "stream" },
  { title: "between a tool and its callback", at: "callback" },
  { title: "between a callback and the cursor", at: "write-cursor" },
];

onPlatform(
  "producer, killed",
  (p) => {
    for (const { title, at } of POINTS) {
      it(`has the run delivered again, which goes on once the lock is over: ${title}`, async () => {
        const workspace = new Workspace(p);
        const calls = ["a", "b", "c"].map((content) =>
          workspace.call("UPDATE_FILE", { filepath: "log.txt", content }),
        );
        const { faults } = workflowsOf(p.cloud);
        faults.order({ fault: "slow", of: at, ms: NEVER_MS });
        await workspace.ask("start", { leaseMs: LEASE_MS });
        while (faults.ordered.length > 0) await delay(POLL_MS);
        await p.cloud.kill("producer");

        const ids = calls.map(({ eventId }) => eventId);
        const isDone = (): boolean => workspace.committed.at(-1) === ids.at(-1);
        await workspace.through(p.advance(LATER), isDone);
        // What was done and not committed is done again, and nothing else is.
        const again = at === "write-cursor" ? 2 : 1;
        expect(calls.map((call) => workspace.answers(call).length)).to.deep.equal([again, 1, 1]);
        expect(workspace.committed).to.deep.equal(ids);
        expect(workspace.locks.at(-1)).to.equal("released");
      }).timeout(60_000);
    }

    it("goes on at once where somebody takes the dead one's lock away", async () => {
      const workspace = new Workspace(p);
      const calls = ["a", "b"].map((content) =>
        workspace.call("UPDATE_FILE", { filepath: "a.txt", content }),
      );
      const { faults } = workflowsOf(p.cloud);
      faults.order({ fault: "slow", of: "callback", ms: NEVER_MS });
      await workspace.ask("start");
      while (faults.ordered.length > 0) await delay(POLL_MS);
      await p.cloud.kill("producer");
      expect((await workspace.ask("start")).body).to.include({
        message: "Lock held by another consumer",
      });
      expect((await workspace.ask("stop", { force: true })).body).to.include({
        mode: "forced",
        released: true,
      });
      await workspace.ask("start");
      const isDone = (): boolean => calls.every((call) => workspace.answers(call).length > 0);
      await workspace.through(p.advance(SOON), isDone);
      expect(calls.map((call) => workspace.answers(call).length)).to.deep.equal([1, 1]);
    }).timeout(60_000);
  },
  { env: SHORT_RUNS },
);
