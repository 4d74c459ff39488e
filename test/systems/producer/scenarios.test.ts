// Scenarios of the producer contract (8.3) that take the whole system.
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { workflowsOf } from "../../../local/systems/producer/attach.ts";
import { onPlatform } from "../../support/platform.ts";
import { SHORT_RUNS, Workspace } from "./workspace.ts";

const SLOW_MS = 5_000;
const POLL_MS = 5;

onPlatform(
  "producer",
  (p) => {
    it("has one of two starts at once work, and the other cost nothing", async () => {
      const workspace = new Workspace(p);
      const call = workspace.call("UPDATE_FILE", { filepath: "a.txt", content: "a", append: true });
      const from = p.log.length;
      const isDone = (): boolean => workspace.answers(call).length > 0;
      const starts = await Promise.all([workspace.ask("start"), workspace.ask("start")]);
      await workspace.through(p.settle(), isDone);
      expect(starts.map(({ status }) => status)).to.deep.equal([202, 202]);
      expect(workspace.answers(call)).to.have.length(1);
      expect(workspace.locks.filter((kind) => kind === "acquired")).to.have.length(1);
      const deliveries = p.log.slice(from).filter(({ source }) => source === "cloudtasks");
      for (const { fields } of deliveries) expect(fields?.status).to.be.oneOf([200, 202]);
    });

    it("lets nobody work whose lock another has, and says so by 202", async () => {
      const workspace = new Workspace(p);
      const call = workspace.call("NO_SUCH_TOOL", {});
      const holder = { consumerId: "somebody's laptop", leaseMs: 600_000 };
      workflowsOf(p.cloud).giveLock(workspace.user, workspace.project, holder);
      const { status, body } = await workspace.bridge([call]);
      const { message, details } = body as { message: string; details: { holder: string } };
      expect({ status, message, holder: details.holder }).to.deep.equal({
        status: 202,
        message: "Lock held by another consumer",
        holder: holder.consumerId,
      });
      expect(workspace.answers(call)).to.deep.equal([]);
    });

    it("ends a run in the queue that finds the lock taken meanwhile", async () => {
      const workspace = new Workspace(p);
      const call = workspace.call("NO_SUCH_TOOL", {});
      workflowsOf(p.cloud).faults.order({ fault: "conflict" });
      await workspace.bridge([call]);
      expect(workspace.answers(call)).to.deep.equal([]);
      const last = p.log.findLast(({ source }) => source === "cloudtasks");
      expect(last?.fields?.status).to.equal(202);
    });

    it("lets what is in hand end at a stop, and begins nothing else", async () => {
      const workspace = new Workspace(p);
      const calls = ["a", "b"].map((content) =>
        workspace.call("UPDATE_FILE", { filepath: "a.txt", content }),
      );
      const { faults } = workflowsOf(p.cloud);
      faults.order({ fault: "slow", of: "callback", ms: SLOW_MS });
      await workspace.ask("start");
      while (faults.ordered.length > 0) await delay(POLL_MS);
      expect((await workspace.ask("stop")).body).to.include({ mode: "graceful", released: false });
      await delay(Number(SHORT_RUNS.producer.WATCH_SECONDS) * 1500);
      await p.advance({ seconds: SLOW_MS / 1000 });
      await p.settle();
      expect(calls.map((call) => workspace.answers(call).length)).to.deep.equal([1, 0]);
      expect(workspace.committed).to.deep.equal([calls[0]?.eventId]);
      expect(workspace.locks).to.deep.equal(["acquired", "released"]);

      await workspace.bridge(calls);
      expect(calls.map((call) => workspace.answers(call).length)).to.deep.equal([1, 1]);
    });

    it("goes on by time where the service no longer knows the cursor's event", async () => {
      const workspace = new Workspace(p);
      const first = workspace.call("NO_SUCH_TOOL", {});
      await workspace.bridge([first]);
      const next = workspace.call("NO_SUCH_TOOL", {});
      workflowsOf(p.cloud).faults.order({ fault: "silence", times: 2 });
      await workspace.bridge([next]);
      expect([first, next].map((call) => workspace.answers(call).length)).to.deep.equal([1, 1]);
      workflowsOf(p.cloud).faults.clear();
    }).timeout(120_000);

    it("loses and doubles nothing where the stream breaks, ends or repeats itself", async () => {
      const workspace = new Workspace(p);
      const { faults } = workflowsOf(p.cloud);
      for (const fault of ["drop", "duplicate", "disconnect"] as const) faults.order({ fault });
      const large = "x".repeat(20_000);
      const calls = ["1", large, "2", "3", "4"].map((content) =>
        workspace.call("UPDATE_FILE", { filepath: "log.txt", content, append: true }),
      );
      const read = workspace.call("READ_FILE", { filepath: "log.txt" });
      await workspace.bridge([...calls, read]);
      expect(calls.map((call) => workspace.answers(call).length)).to.deep.equal([1, 1, 1, 1, 1]);
      const [file] = workspace.answers(read) as { content: string }[];
      expect(file?.content).to.equal(`1${large}234`);
      expect(workspace.committed).to.deep.equal([...calls, read].map(({ eventId }) => eventId));
    });
  },
  { env: SHORT_RUNS },
);
