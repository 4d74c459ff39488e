import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { workflowsOf } from "../../../local/systems/producer/attach.ts";
import { TestPlatform } from "../../support/platform.ts";
import { gone } from "../../support/processes.ts";
import { instancesOf, needsProc } from "../../support/role-instances.ts";
import { SHORT_RUNS, Workspace } from "./workspace.ts";

const HOST = "consumer.example.com";
/** Long enough for a bridge to begin in, on a busy machine. */
const IDLE_MS = 2_000;
/** Cloud Run kills an instance that long after SIGTERM. */
const MAX_SHUTDOWN_MS = 10_000;
const POLL_MS = 5;
/** Longer than the queue waits before it delivers a task again. */
const SOON = { seconds: 5 };

describe("producer, ending", function () {
  needsProc(this);
  /** Events whose tools were begun. */
  let begun: string[] = [];
  /** What a tool waits for. */
  let tool: () => Promise<unknown> = () => Promise.resolve();
  let consumer: Server;
  let p: TestPlatform;

  before(async () => {
    consumer = createServer((request, response) => {
      void text(request).then(async (body) => {
        const { id } = JSON.parse(body) as { id: string };
        begun.push(id);
        response.write("ready 1\n");
        await tool();
        response.end(`${JSON.stringify({ id, result: { of: id } })}\n`);
      });
    });
    consumer.listen(0, "127.0.0.1");
    await once(consumer, "listening");
    const url = new URL(`http://127.0.0.1:${(consumer.address() as AddressInfo).port}`);
    p = new TestPlatform({
      config: { producerConsumerUrl: `https://${HOST}` },
      env: { producer: { ...SHORT_RUNS.producer, IDLE_SHUTDOWN_MS: String(IDLE_MS) } },
      outside: [{ option: "--outside", name: HOST, url }],
    });
    await p.start();
  });

  beforeEach(() => {
    begun = [];
    tool = () => Promise.resolve();
  });

  after(async () => {
    await p.stop();
    consumer.closeAllConnections();
    consumer.close();
  });

  async function terminate(): Promise<number> {
    const pids = await instancesOf("producer");
    const began = performance.now();
    for (const pid of pids) process.kill(pid, "SIGTERM");
    await Promise.all(pids.map(gone));
    return performance.now() - began;
  }

  it("is not idle while a tool runs, however long that takes, and ends soon after", async () => {
    tool = () => delay(1.5 * IDLE_MS);
    const workspace = new Workspace(p);
    const calls = ["a", "b"].map((name) => workspace.call("READ_FILE", { filepath: name }));
    const ids = calls.map(({ eventId }) => eventId);
    await workspace.ask("start");
    await p.settle();
    expect(begun).to.deep.equal(ids);
    const answers = calls.map((call) => workspace.answers(call));
    expect(answers).to.deep.equal(ids.map((id) => [{ of: id }]));
    expect(workspace.locks).to.deep.equal(["acquired", "released"]);
    const { body } = await workspace.ask("status");
    const [status] = (body as { workspaces: { bridge: { ended_by: string } }[] }).workspaces;
    expect(status?.bridge.ended_by).to.equal("idle");
  }).timeout(60_000);

  it("ends the tool that it has in hand within 10 s of SIGTERM, and leaves the rest to the next", async () => {
    const held = Promise.withResolvers<undefined>();
    tool = () => held.promise;
    const workspace = new Workspace(p);
    const calls = ["a", "b"].map((name) => workspace.call("READ_FILE", { filepath: name }));
    const ids = calls.map(({ eventId }) => eventId);
    await workspace.ask("start");
    while (begun.length === 0) await delay(POLL_MS);
    const terminated = terminate();
    // It reads on no more: then it knows.
    const workflows = workflowsOf(p.cloud);
    const isReading = () =>
      workflows.streams.some(({ space }) => space.project === workspace.project);
    while (isReading()) await delay(POLL_MS);
    held.resolve(undefined);
    expect(await terminated).to.be.below(MAX_SHUTDOWN_MS);
    await p.settle();
    expect(begun).to.deep.equal(ids.slice(0, 1));
    expect(workspace.committed).to.deep.equal(ids.slice(0, 1));
    expect(workspace.locks).to.deep.equal(["acquired", "released"]);

    await workspace.through(p.advance(SOON), () => workspace.committed.length === 2);
    expect(begun).to.deep.equal(ids);
    expect(workspace.committed).to.deep.equal(ids);
  }).timeout(60_000);

  it("gives up a tool that takes longer, lets go of the lock, and has it done again", async () => {
    const never = Promise.withResolvers<undefined>();
    tool = () => never.promise;
    const workspace = new Workspace(p);
    const call = workspace.call("READ_FILE", { filepath: "a.txt" });
    await workspace.ask("start");
    while (begun.length === 0) await delay(POLL_MS);
    expect(await terminate()).to.be.below(MAX_SHUTDOWN_MS);
    await p.settle();
    expect(workspace.committed).to.deep.equal([]);
    expect(workspace.locks).to.deep.equal(["acquired", "released"]);

    tool = () => Promise.resolve();
    await workspace.through(p.advance(SOON), () => workspace.committed.length === 1);
    expect(begun).to.deep.equal([call.eventId, call.eventId]);
    expect(workspace.answers(call)).to.deep.equal([{ of: call.eventId }]);
  }).timeout(60_000);
});
