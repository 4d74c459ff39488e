import { expect } from "chai";
import type { Ports } from "../../../functions/producer-control/ports.ts";
import { deadLetters, resend } from "../../../functions/producer-control/dead-letters.ts";
import { start } from "../../../functions/producer-control/start.ts";
import { statusOf, statusOfAll } from "../../../functions/producer-control/status.ts";
import { stop } from "../../../functions/producer-control/stop.ts";
import {
  BridgeProcess,
  BridgeWorld,
  SETTINGS,
  TENANT,
} from "../../support/producer/bridge-world.ts";
import { resultOf } from "../../support/producer/consumer-in-memory.ts";
import { responseOf } from "../../support/producer/http-in-memory.ts";

describe("producer-control", () => {
  let world: BridgeWorld;
  let ports: Ports;
  const names: string[] = [];

  beforeEach(() => {
    world = new BridgeWorld();
    names.length = 0;
    ports = {
      ...world.time.timers(),
      send: world.send,
      idToken: () => Promise.resolve("token"),
      random: () => 0.5,
      now: () => world.time.now,
      objects: world.objects,
      addRun: async (run, name) => {
        if (names.includes(name)) return false;
        names.push(name);
        return world.addRun(run);
      },
      settings: {
        workflows: SETTINGS.workflows,
        deadlineSeconds: 1_800,
        tenant: { user_id: "", project_id: "", workspace_id: "", session_id: "" },
      },
    };
  });

  /** Runs what is queued first, in a process that lives. */
  async function runNext(settings: Partial<typeof SETTINGS> = {}) {
    const run = world.queued.shift();
    if (run === undefined) throw new Error("Nothing is queued.");
    const process = new BridgeProcess(world);
    return world.time.until(process.run(run, { ...SETTINGS, ...settings }));
  }

  it("queues one task for two starts at once", async () => {
    const starts = [1, 2].map(() => start({ leaseMs: 30_000 }, TENANT, ports));
    const answers = await world.time.until(Promise.all(starts));
    expect(answers.map(({ message }) => message).sort()).to.deep.equal([
      "Already starting",
      "Started",
    ]);
    expect(world.queued).to.deep.equal([
      {
        tenant: TENANT,
        run_id: names[0],
        started_at: "2026-01-01T12:00:00.000Z",
        deadline_s: 1_800,
        lease_ms: 30_000,
      },
    ]);
  });

  it("answers a start while the lock is held without queuing anything", async () => {
    world.workflows.lock = { consumerId: "cli", expiresAt: world.time.now + 1_000 };
    expect(await world.time.until(start({}, TENANT, ports))).to.deep.equal({
      message: "Lock held by another consumer",
      details: { holder: "cli", msRemaining: undefined },
    });
    expect(world.queued).to.deep.equal([]);
  });

  it("queues a run where the workflows service cannot say who holds the lock: the run finds out", async () => {
    world.workflows.fault = (request) => responseOf(request, 503, {});
    const { message } = await world.time.until(start({}, TENANT, ports));
    expect(message).to.equal("Started");
  });

  it("starts anew right after a run ended", async () => {
    await world.time.until(start({}, TENANT, ports));
    await runNext({ idleSeconds: 1 });
    const { message } = await world.time.until(start({}, TENANT, ports));
    expect(message).to.equal("Started");
  });

  it("stops the bridge that works, once it has ended what it had in flight, and no later one", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 20_000 });
    const id = world.ask(1);
    world.ask(2);
    await world.time.until(start({}, TENANT, ports));
    const process = new BridgeProcess(world);
    const ended = process.run(world.queued.shift() ?? world.order(), SETTINGS);
    await world.time.until(world.time.pass(5_000));
    expect(await world.time.until(stop({ force: false }, TENANT, ports))).to.deep.equal({
      mode: "graceful",
      released: false,
    });
    expect(await world.time.until(ended)).to.deep.equal({
      kind: "ended",
      by: "stopped",
      hasSuccessor: false,
    });
    expect(world.workflows.cursors.map(({ eventId }) => eventId)).to.deep.equal([id]);
    expect(world.workflows.lock).to.equal(undefined);

    const answer = await world.time.until(stop({ force: false }, TENANT, ports));
    expect(answer).to.deep.equal({ message: "No active lock" });
    await world.time.until(world.time.pass(1));
    await world.time.until(start({}, TENANT, ports));
    await runNext();
    expect(world.workflows.callbacks).to.have.length(2);
  });

  it("ends a run that was queued before the stop without taking the lock", async () => {
    world.ask(1);
    await world.time.until(start({}, TENANT, ports));
    await world.time.until(stop({ force: false }, TENANT, ports));
    expect(await runNext()).to.deep.equal({ kind: "ended", by: "stopped", hasSuccessor: false });
    expect(world.consumer.ran).to.deep.equal([]);
  });

  it("takes the lock from whoever holds it where it is told to", async () => {
    world.workflows.lock = { consumerId: "dead", expiresAt: world.time.now + 600_000 };
    world.workflows.fault = (request, path) => {
      if (!path.endsWith("/release")) return undefined;
      world.workflows.lock = undefined;
      return responseOf(request, 200, { ok: true, released: true });
    };
    expect(await world.time.until(stop({ force: true }, TENANT, ports))).to.deep.equal({
      mode: "forced",
      released: true,
    });
  });

  it("shows lag, last event, attempts and lock of each workspace", async () => {
    world.consumer.behaviour = () => ({ kind: "status", status: 503 });
    const id = world.ask(1);
    const process = new BridgeProcess(world);
    const settings = { ...SETTINGS, maxAttempts: 10, backoffSeconds: 20 };
    void process.run(world.order(), settings);
    await world.time.until(world.time.pass(17_000));
    const [status] = await world.time.until(statusOfAll(ports));
    expect(status).to.deep.include({ tenant: TENANT, dead_letters: 0 });
    expect(status?.lag_ms).to.be.within(17_000, 17_100);
    expect(status?.bridge).to.deep.include({ phase: "running", pending: 1, run_id: "run-1" });
    expect(status?.bridge?.last_event?.id).to.equal(id);
    expect(status?.bridge?.head).to.deep.include({ id, attempts: 2 });
    expect(status?.lock).to.deep.include({ locked: true, holder: status?.bridge?.consumer_id });
    process.kill();
  });

  it("says of a workspace without a bridge that there never was one", async () => {
    expect(await world.time.until(statusOf(TENANT, ports))).to.deep.equal({
      tenant: TENANT,
      lag_ms: null,
      bridge: null,
      lock: { locked: false, holder: null, ms_remaining: null },
      dead_letters: 0,
    });
  });

  it("lists dead letters without what is the tenant's, and sends them again", async () => {
    let isBroken = true;
    world.consumer.behaviour = () =>
      isBroken ? { kind: "status", status: 500 } : { kind: "answer", takesMs: 10 };
    const id = world.ask(1);
    await world.run({ idleSeconds: 5 });
    isBroken = false;

    expect(await world.time.until(deadLetters(TENANT, ports))).to.deep.equal([
      {
        event_id: id,
        event_time: "2026-01-01T12:00:00.000Z",
        reason: "The consumer answered 500.",
        attempts: 3,
        callback: "posted",
        recorded_at: world.workflows.callbacks.map(({ at }) => new Date(at).toISOString())[0],
        can_be_resent: true,
      },
    ]);
    const resent = await world.time.until(resend([id, "none"], TENANT, ports));
    expect(resent).to.deep.equal({ ordered: [id], unknown: ["none"] });
    await runNext({ idleSeconds: 20 });

    expect(world.workflows.callbacks.map(({ body }) => body)).to.deep.equal([
      { result: null, error: "The tool was given up: The consumer answered 500." },
      resultOf(id),
    ]);
    expect(world.workflows.cursors).to.have.length(1);
    expect(await world.time.until(deadLetters(TENANT, ports))).to.deep.equal([]);
  });
});
