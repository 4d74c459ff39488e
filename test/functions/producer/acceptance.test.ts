// The acceptance lists of the producer contract (8.1, 8.3), and the defects of the original (9), one test for each.
import { expect } from "chai";
import { Pipe, responseOf, sentText } from "../../support/producer/http-in-memory.ts";
import { BridgeProcess, BridgeWorld, SETTINGS } from "../../support/producer/bridge-world.ts";
import { resultOf } from "../../support/producer/consumer-in-memory.ts";

describe("a compatible producer", () => {
  let world: BridgeWorld;

  beforeEach(() => {
    world = new BridgeWorld();
  });

  const committed = (): string[] => world.workflows.cursors.map(({ eventId }) => eventId);
  const called = (): [string, unknown][] =>
    world.workflows.callbacks.map(({ id, body }) => [id, body]);
  const letters = (): Record<string, unknown>[] =>
    [...world.objects.stored]
      .filter(([name]) => name.includes("/dead-letters/"))
      .map(([, { content }]) => JSON.parse(content) as Record<string, unknown>);

  it("connects to the consumer for tool events only, and never commits others", async () => {
    world.workflows.post({ status: "thinking" });
    world.workflows.post({ tool_call: null });
    await world.run();
    expect(world.consumer.requests).to.deep.equal([]);
    expect(committed()).to.deep.equal([]);
  });

  it("sends the contract's headers and line: the stream's id, arguments decoded", async () => {
    const id = world.ask(1, { id: "inner", workdir: "/w", timeout_seconds: null });
    await world.run();
    const [sent] = world.consumer.requests;
    expect(sent?.request.url).to.equal("https://consumer.test/sessions/stream");
    expect(sent?.request.headers).to.deep.equal({
      Accept: "application/json, text/plain, */*",
      "Content-Type": "application/x-ndjson",
      "X-User-Id": "u",
      "X-Project-Id": "p",
      "X-Workspace-Id": "w",
      "X-Session-Id": "s",
      Authorization: "Bearer token for https://consumer.test",
      "X-Gcs-Token": "storage-token",
    });
    expect(sent?.request.isChunked).to.equal(true);
    expect(sent?.text.endsWith("\n")).to.equal(true);
    expect(JSON.parse(sent?.text ?? "")).to.deep.equal({
      create_time: Date.parse("2026-01-01T12:00:00Z") / 1000,
      callback_id: "callback-1",
      id,
      workdir: "/w",
      timeout_seconds: null,
      tool_call: { function: { name: "READ_FILE", arguments: { filepath: "1.txt" } } },
    });
  });

  it("sends the shared secret beside an ID token, and as the bearer only without one (defect 7)", async () => {
    const consumer = { ...SETTINGS.consumer, secret: "shared" };
    world.ask(1);
    await world.run({ consumer });
    world.ask(2);
    await world.run({ consumer: { ...consumer, audience: undefined } });
    const headers = world.consumer.requests.map(({ request }) => [
      request.headers.Authorization,
      request.headers["x-service-auth"],
    ]);
    expect(headers).to.deep.equal([
      ["Bearer token for https://consumer.test", "shared"],
      ["Bearer shared", undefined],
    ]);
  });

  it("asks for the stream as the contract says, from a minute before the first start (defect 15)", async () => {
    await world.run();
    const [stream] = world.workflows.requests.filter(({ url }) => url.includes("/events/stream"));
    const url = new URL(stream?.url ?? "");
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      projectId: "p",
      workspaceId: "w",
      since_time: "2026-01-01T11:59:00.000Z",
      heartbeat_ms: "15000",
    });
    expect(stream?.headers).to.deep.equal({
      Accept: "text/event-stream",
      "X-User-Id": "u",
      "X-Project-Id": "p",
      "X-Workspace-Id": "w",
      Authorization: "Bearer token for https://workflows.test",
    });
  });

  it("resumes a cold start behind the committed cursor", async () => {
    const first = world.ask(1);
    await world.run();
    world.ask(2);
    await world.run({}, { run_id: "run-2", since_id: "another" });
    const streams = world.workflows.requests.filter(({ url }) => url.includes("/events/stream"));
    expect(streams.some(({ url }) => url.includes(`since_id=${first}`))).to.equal(true);
    expect(world.consumer.ran).to.have.length(2);
  });

  for (const [unit, timestamp] of [
    ["ISO", "2026-01-01T12:00:00.000Z"],
    ["seconds", "1767268800.0"],
    ["milliseconds", 1_767_268_800_000],
  ] as const) {
    it(`reads a cursor whose time is in ${unit}, and sends ISO only (defect 16)`, async () => {
      const project = { eventId: null, timestamp };
      world.workflows.fault = (request, path) =>
        path === "/events/cursors" && request.method === "GET"
          ? responseOf(request, 200, { project })
          : undefined;
      await world.run();
      const [stream] = world.workflows.requests.filter(({ url }) => url.includes("/events/stream"));
      const since = new URL(stream?.url ?? "").searchParams.get("since_time");
      expect(since).to.equal("2026-01-01T12:00:00.000Z");
    });
  }

  it("posts results bare, errors and nulls in an object (defect 17)", async () => {
    const answers = [{ a: 1 }, null, "text", [1]];
    for (const number of [0, 1, 2, 3, 4]) world.ask(number);
    let at = -1;
    world.consumer.answer = async (request) => {
      const { id } = JSON.parse(await sentText(request)) as { id: string };
      at += 1;
      const line = at === 4 ? { id, result: null, error: "no" } : { id, result: answers[at] };
      return responseOf(request, 200, `ready 1\nping 2\n\nnonsense\n${JSON.stringify(line)}\n`);
    };
    await world.run();
    expect(called().map(([, body]) => body)).to.deep.equal([
      { a: 1 },
      { result: null },
      { result: "text" },
      [1],
      { result: null, error: "no" },
    ]);
  });

  for (const dialect of ["V0", "V1", "V2"] as const) {
    it(`reads the dialect ${dialect}`, async () => {
      world.consumer.behaviour = () => ({ kind: "answer", takesMs: 10, dialect });
      const id = world.ask(1);
      await world.run();
      expect(called()).to.deep.equal([["callback-1", resultOf(id)]]);
    });
  }

  it("takes no answer with another's id, and waits as long as a tool may run (defect 1)", async () => {
    world.consumer.behaviour = (id) =>
      world.workflows.events[0]?.id === id
        ? { kind: "answer", takesMs: 80_000 }
        : { kind: "wrong-id", takesMs: 10 };
    const ids = [world.ask(1), world.ask(2)];
    await world.run();
    expect(called()).to.deep.equal(ids.map((id, at) => [`callback-${at + 1}`, resultOf(id)]));
    expect(world.consumer.mostOpen).to.equal(1);
  });

  it("tries an event again at the head of the line, and passes it only as a dead letter (defect 2)", async () => {
    const ids = [world.ask(1), world.ask(2)];
    world.consumer.behaviour = (id) =>
      id === ids[0] ? { kind: "cut", takesMs: 10 } : { kind: "answer", takesMs: 10 };
    await world.run();
    expect(world.consumer.ran).to.deep.equal([ids[0], ids[0], ids[0], ids[1]]);
    const reason = "The consumer did not answer: The connection was reset.";
    expect(called()).to.deep.equal([
      ["callback-1", { result: null, error: `The tool was given up: ${reason}` }],
      ["callback-2", resultOf(ids[1] ?? "")],
    ]);
    expect(committed()).to.deep.equal(ids);
    expect(letters()).to.have.length(1);
    expect(letters()[0]).to.deep.include({ reason, attempts: 3, callback: "posted" });
  });

  it("resumes behind what it has queued, and runs nothing twice (defect 3)", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 20_000 });
    const ids = [1, 2, 3].map((number) => world.ask(number));
    world.time.at(30_000, () => world.workflows.drop());
    world.workflows.copies = () => 2;
    await world.run();
    expect(world.consumer.ran).to.deep.equal(ids);
    expect(committed()).to.deep.equal(ids);
  });

  it("survives the end of the stream behind a large event without running it twice", async () => {
    const ids = [world.ask(1), world.ask(2, { filler: "x".repeat(20_000) }), world.ask(3)];
    await world.time.until(world.time.pass(1));
    ids.push(world.ask(4));
    await world.run();
    expect(world.consumer.ran).to.include(ids[3]);
    expect(new Set(world.consumer.ran).size).to.equal(world.consumer.ran.length);
  });

  it("does not take a cursor for moved that was not, and does not do its event again (defect 4)", async () => {
    const id = world.ask(1);
    let isBroken = true;
    world.workflows.fault = (request, path) =>
      isBroken && path === "/events/cursors" && request.method === "POST"
        ? responseOf(request, 500, {})
        : undefined;
    expect(await world.run()).to.deep.equal({
      kind: "retry",
      reason: "The cursor could not be moved.",
    });
    expect(committed()).to.deep.equal([]);
    isBroken = false;
    await world.run();
    expect(committed()).to.deep.equal([id]);
    expect(world.consumer.ran).to.deep.equal([id]);
  });

  it("waits less again once a connection was healthy, and never more than 30 s (defect 5)", async () => {
    let failures = 0;
    world.workflows.fault = (request, path) => {
      if (path !== "/events/stream" || failures === 8) return undefined;
      failures += 1;
      return responseOf(request, 404, 'event: error\ndata: {"error":"workspace not live"}\n\n');
    };
    world.random = () => 1;
    const id = world.ask(1);
    await world.run({ idleSeconds: 300 });
    expect(called()).to.deep.equal([["callback-1", resultOf(id)]]);
    const began = Date.parse("2026-01-01T12:00:00Z");
    const took = (world.workflows.callbacks[0]?.at ?? 0) - began;
    expect(took).to.be.within(121_000, 122_000);
  });

  for (const status of [400, 401, 403]) {
    it(`ends the run when the consumer answers ${status}, and gives no event up (defect 6)`, async () => {
      world.consumer.behaviour = () => ({ kind: "status", status });
      world.ask(1);
      const reason = `The consumer answered ${status}.`;
      expect(await world.run()).to.deep.equal({ kind: "retry", reason });
      expect([called(), committed(), letters()]).to.deep.equal([[], [], []]);
      expect(world.workflows.lock).to.equal(undefined);
    });
  }

  for (const status of [429, 500, 503]) {
    it(`tries again when the consumer answers ${status}, after as long as it says`, async () => {
      let answers = 0;
      world.consumer.behaviour = () =>
        (answers += 1) < 3
          ? { kind: "status", status, retryAfter: 7 }
          : { kind: "answer", takesMs: 1 };
      world.ask(1);
      await world.run();
      const took = (world.workflows.callbacks[0]?.at ?? 0) - Date.parse("2026-01-01T12:00:00Z");
      expect(took).to.be.within(14_000, 14_500);
    });
  }

  for (const error of ["workspace not found", "workspace not live"]) {
    it(`asks again for a stream that answers 404, ${error} (8.3 stream)`, async () => {
      let times = 0;
      world.workflows.fault = (request, path) => {
        if (path !== "/events/stream" || (times += 1) > 3) return undefined;
        const body = `event: error\ndata: ${JSON.stringify({ error })}\n\n`;
        return responseOf(request, 404, body);
      };
      const id = world.ask(1);
      await world.run();
      expect(called()).to.deep.equal([["callback-1", resultOf(id)]]);
    });
  }

  it("reads many events of one chunk, whatever their names are and what is between them (8.3 stream)", async () => {
    const events = [1, 2, 3].map((number) => {
      const id = world.ask(number);
      return { id, data: JSON.stringify(world.workflows.events.at(-1)?.data) };
    });
    const names = ["message", "error", "end"];
    const frames = events.map(
      ({ id, data }, at) => `id: ${id}\nevent: ${names[at] ?? ""}\ndata: ${data}\n\n`,
    );
    const chunk = [": keep-alive\n\n", "id: x\ndata: no JSON\n\n", ...frames].join("");
    let times = 0;
    world.workflows.fault = (request, path) =>
      path === "/events/stream" && (times += 1) === 1 ? responseOf(request, 200, chunk) : undefined;
    await world.run();
    const ids = events.map(({ id }) => id);
    expect([world.consumer.ran, committed()]).to.deep.equal([ids, ids]);
  });

  it("ends the run when the stream is refused, and says so (defect 7)", async () => {
    world.workflows.fault = (request, path) =>
      path === "/events/stream" ? responseOf(request, 401, {}) : undefined;
    expect(await world.run()).to.deep.equal({ kind: "retry", reason: "The stream answered 401." });
  });

  it("sends one finite request for each event, and leaves none open (defects 8 and 10)", async () => {
    world.consumer.behaviour = () => ({ kind: "silent" });
    world.ask(1);
    await world.run({}, {});
    expect(world.consumer.requests).to.have.length(3);
    expect([world.consumer.open, world.consumer.mostOpen]).to.deep.equal([0, 1]);
  });

  it("keeps no more events than the queue holds, and is not idle while a tool runs (defect 9)", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 70_000 });
    const ids = Array.from({ length: 12 }, (_, at) => world.ask(at));
    const result = await world.run({ idleSeconds: 10, toolSeconds: 100, maxQueued: 2 });
    expect(result).to.deep.include({ kind: "ended", by: "idle" });
    expect(world.consumer.ran).to.deep.equal(ids);
  });

  it("connects anew where a stream says nothing for three heartbeats (defect 11)", async () => {
    let isFirst = true;
    world.workflows.fault = (request, path) => {
      if (path !== "/events/stream" || !isFirst) return undefined;
      isFirst = false;
      return responseOf(request, 200, new Pipe());
    };
    const id = world.ask(1);
    await world.run();
    expect(called()).to.deep.equal([["callback-1", resultOf(id)]]);
    const took = (world.workflows.callbacks[0]?.at ?? 0) - Date.parse("2026-01-01T12:00:00Z");
    expect(took).to.be.within(45_000, 47_000);
  });

  it("ends on SIGTERM within its time: what is in flight is ended, the lock let go, and no connection made (defect 12)", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 3_000 });
    const ids = [world.ask(1), world.ask(2)];
    const process = new BridgeProcess(world);
    const run = process.run(world.order(), SETTINGS);
    await world.time.until(world.time.pass(1_000));
    process.stop();
    const streams = world.workflows.requests.length;
    const stoppedAt = world.time.now;
    expect(await world.time.until(run)).to.deep.equal({
      kind: "retry",
      reason: "The instance is to end.",
    });
    expect(world.time.now - stoppedAt).to.be.below(9_000);
    expect(committed()).to.deep.equal([ids[0]]);
    expect(world.workflows.lock).to.equal(undefined);
    const later = world.workflows.requests.slice(streams);
    expect(later.filter(({ url }) => url.includes("/events/stream"))).to.deep.equal([]);
  });

  it("gives up what takes too long after SIGTERM, and leaves it to the next run", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 50_000 });
    world.ask(1);
    const process = new BridgeProcess(world);
    const run = process.run(world.order(), SETTINGS);
    await world.time.until(world.time.pass(1_000));
    process.stop();
    const stoppedAt = world.time.now;
    await world.time.until(run);
    expect(world.time.now - stoppedAt).to.be.below(9_000);
    expect([called(), committed(), world.consumer.open]).to.deep.equal([[], [], 0]);
    expect(world.workflows.lock).to.equal(undefined);
  });

  it("touches nothing where another holds the lock, and does not release it (defects 12 and 13)", async () => {
    world.workflows.lock = { consumerId: "cli", expiresAt: world.time.now + 1_000_000 };
    world.ask(1);
    expect(await world.run()).to.deep.equal({ kind: "conflict" });
    const paths = world.workflows.requests.map(({ url }) => new URL(url).pathname);
    expect(paths).to.deep.equal(["/projects/p/consumer-lock/acquire"]);
  });

  for (const status of [400, 404, 500]) {
    it(`works on nothing where the lock answers ${status} (defect 13)`, async () => {
      world.workflows.fault = (request, path) =>
        path.includes("/consumer-lock/") ? responseOf(request, status, {}) : undefined;
      world.ask(1);
      const reason = `The lock answered ${status}.`;
      expect(await world.run()).to.deep.equal({ kind: "retry", reason });
      expect(world.consumer.requests).to.deep.equal([]);
    });
  }

  it("refreshes the lock in time, and names itself at it", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 55_000 });
    for (const number of [1, 2, 3]) world.ask(number);
    await world.run({ leaseSeconds: 30 });
    expect(called()).to.have.length(3);
    const acquires = world.workflows.requests.filter(({ url }) => url.endsWith("/acquire"));
    const first = JSON.parse(
      await sentText(
        acquires[0] ?? {
          method: "GET",
          url: "",
          headers: {},
          signal: new AbortController().signal,
        },
      ),
    ) as object;
    expect(first).to.deep.equal({
      consumerId: "producer-run-1-id1",
      leaseMs: 30_000,
      consumerType: "CLOUD",
    });
    expect(acquires.length).to.be.greaterThan(8);
  });

  it("takes a lease that ran out without a refresh for lost: no callback, no cursor (defect 13)", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 50_000 });
    world.ask(1);
    world.time.at(5_000, () => {
      world.workflows.fault = (request, path) =>
        path.includes("/consumer-lock/") ? responseOf(request, 503, {}) : undefined;
    });
    expect(await world.run({ leaseSeconds: 30 })).to.deep.equal({
      kind: "retry",
      reason: "It ended by lock-expired.",
    });
    expect([called(), committed(), world.consumer.open]).to.deep.equal([[], [], 0]);
  });

  it("ends at once when the lock is taken from it, and asks for no successor", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 50_000 });
    world.ask(1);
    world.time.at(5_000, () => {
      world.workflows.lock = { consumerId: "cli", expiresAt: world.time.now + 1_000_000 };
    });
    expect(await world.run()).to.deep.equal({
      kind: "ended",
      by: "lock-taken",
      hasSuccessor: false,
    });
    expect([called(), world.workflows.lock?.consumerId]).to.deep.equal([[], "cli"]);
  });

  it("commits the stream's id, whatever id is in the event (defect 14)", async () => {
    const id = world.ask(1, { id: "inner-id" });
    await world.run();
    expect(committed()).to.deep.equal([id]);
  });

  it("finds out that an id is silently dead, and goes on by time (defect 14)", async () => {
    const first = world.ask(1);
    await world.run();
    world.workflows.forgotten.add(first);
    const second = world.ask(2);
    await world.run({}, { run_id: "run-2" });
    expect(world.consumer.ran).to.deep.equal([first, second]);
    const warned = world.lines.filter(({ message }) => message.includes("by time"));
    expect(warned).to.have.length(1);
  });

  it("drops an event that no workflow waits for any more, and moves the cursor behind it (defect 15)", async () => {
    const id = world.ask(1);
    world.time.now += 3_601_000;
    await world.run(
      {},
      { since_time: "2026-01-01T11:00:00.000Z", started_at: "2026-01-01T12:00:00.000Z" },
    );
    expect([world.consumer.ran, called(), committed()]).to.deep.equal([[], [], [id]]);
  });

  for (const status of [404, 410]) {
    it(`takes a callback that answers ${status} for settled (defect 17)`, async () => {
      world.workflows.fault = (request, path) =>
        path.startsWith("/callbacks/") ? responseOf(request, status, {}) : undefined;
      const id = world.ask(1);
      await world.run();
      expect([committed(), letters()]).to.deep.equal([[id], []]);
      const posts = world.workflows.requests.filter(({ url }) => url.includes("/callbacks/"));
      expect(posts).to.have.length(1);
    });
  }

  it("tries a callback again after 5xx without running the tool again, and keeps its answer in the dead letter", async () => {
    let times = 0;
    world.workflows.fault = (request, path) => {
      if (!path.startsWith("/callbacks/")) return undefined;
      times += 1;
      return times === 1 || path.endsWith("-2") ? responseOf(request, 502, {}) : undefined;
    };
    const ids = [world.ask(1), world.ask(2), world.ask(3)];
    await world.run();
    expect(world.consumer.ran).to.deep.equal(ids);
    expect(called().map(([id]) => id)).to.deep.equal(["callback-1", "callback-3"]);
    expect(committed()).to.deep.equal(ids);
    expect(letters()[0]).to.deep.include({
      callback: "failed",
      answer: JSON.stringify(resultOf(ids[1] ?? "")),
    });
  });

  it("moves the cursor without a callback where an event names none", async () => {
    const id = world.ask(1, { callback_id: undefined });
    await world.run();
    expect([called(), committed()]).to.deep.equal([[], [id]]);
  });

  it("never moves the cursor back behind one that another has moved further", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 20_000 });
    world.ask(1);
    const further = { eventId: "zz", timestamp: "2026-01-01T13:00:00.000Z", at: 0 };
    world.time.at(10_000, () => world.workflows.cursors.push(further));
    await world.run();
    expect(world.workflows.cursors).to.deep.equal([further]);
    expect(called()).to.have.length(1);
  });

  it("ends before its caller does, in the middle of nothing, and hands over (8.3 lifetime)", async () => {
    world.consumer.behaviour = () => ({ kind: "answer", takesMs: 40_000 });
    const ids = [1, 2, 3].map((number) => world.ask(number));
    const settings = { toolSeconds: 45, marginSeconds: 10, idleSeconds: 20 };
    const began = world.time.now;
    expect(await world.run(settings, { deadline_s: 150 })).to.deep.equal({
      kind: "ended",
      by: "deadline",
      hasSuccessor: true,
    });
    expect(world.time.now - began).to.be.below(140_000);
    expect(world.queued).to.deep.equal([
      {
        ...world.order({ started_at: "2026-01-01T12:00:00.000Z" }),
        deadline_s: 150,
        run_id: "id2",
        predecessor: "run-1",
        // It had something to do to the end.
        active_at: "2026-01-01T12:01:20.045Z",
      },
    ]);
    while (world.queued.length > 0) await world.run(settings, world.queued.shift());
    expect(world.consumer.ran).to.deep.equal(ids);
    expect(committed()).to.deep.equal(ids);
  });

  it("hands over where an event came while an idle run was ending", async () => {
    world.workflows.fault = (_request, path) => {
      if (path.endsWith("/release") && world.workflows.events.length === 0) world.ask(1);
      return undefined;
    };
    expect(await world.run({ idleSeconds: 5 })).to.deep.equal({
      kind: "ended",
      by: "idle",
      hasSuccessor: true,
    });
  });

  it("comes again while a killed run of the same task still has the lock", async () => {
    world.ask(1);
    const killed = new BridgeProcess(world);
    void killed.run(world.order(), SETTINGS);
    await world.time.until(world.time.pass(12));
    killed.kill();
    expect(await world.run()).to.deep.equal({
      kind: "retry",
      reason: "The lock of an earlier run is not over yet.",
    });
    await world.time.until(world.time.pass(61_000));
    await world.run({}, { started_at: "2026-01-01T12:00:00.000Z" });
    expect(called()).to.have.length(1);
  });

  it("writes no token and no content to the log, and no line for each event (defect 21)", async () => {
    for (let number = 0; number < 20; number += 1) world.ask(number);
    await world.run();
    const logged = JSON.stringify(world.lines);
    expect(logged).to.not.match(/token|READ_FILE|filepath/);
    expect(world.lines.length).to.be.below(5);
  });

  it("gives up an event that is too large to be forwarded, and goes on behind it", async () => {
    const large = world.workflows.post({ filler: "x".repeat(2_000_000) });
    await world.time.until(world.time.pass(1));
    const id = world.ask(1);
    await world.run();
    expect(called()).to.deep.equal([["callback-1", resultOf(id)]]);
    expect(letters().map(({ event }) => (event as { id: string }).id)).to.deep.equal([large.id]);
  });
});
