import { expect } from "chai";
import { resendObject } from "../../../functions/messages/bridge-objects.ts";
import { BridgeWorld, TENANT } from "../../support/producer/bridge-world.ts";
import { resultOf } from "../../support/producer/consumer-in-memory.ts";
import { responseOf, sentText } from "../../support/producer/http-in-memory.ts";

describe("runBridge", () => {
  let world: BridgeWorld;

  beforeEach(() => {
    world = new BridgeWorld();
  });

  it("answers each event at its callback and moves the cursor behind it, in order", async () => {
    const ids = [1, 2, 3].map((number) => world.ask(number));
    const result = await world.run();
    expect(result).to.deep.equal({ kind: "ended", by: "idle", hasSuccessor: false });
    expect(world.workflows.callbacks.map(({ id, body }) => [id, body])).to.deep.equal(
      ids.map((id, at) => [`callback-${at + 1}`, resultOf(id)]),
    );
    expect(world.workflows.cursors.map(({ eventId }) => eventId)).to.deep.equal(ids);
    expect(world.workflows.lock).to.equal(undefined);
  });

  it("lets a tool run while the cursor moves behind the event before; its callback waits", async () => {
    const journal: string[] = [];
    const ids = [1, 2].map((number) => world.ask(number));
    const numberOf = (id: unknown): number => ids.indexOf(String(id)) + 1;
    world.consumer.behaviour = (id) => {
      journal.push(`tool ${numberOf(id)}`);
      return { kind: "answer", takesMs: 1_000 };
    };
    world.workflows.fault = async (request, path) => {
      if (path.startsWith("/callbacks/")) journal.push(path.slice("/callbacks/".length));
      if (path !== "/events/cursors" || request.method !== "POST") return undefined;
      const { eventId } = JSON.parse(await sentText(request)) as { eventId: string };
      journal.push(`cursor ${numberOf(eventId)} on its way`);
      await world.time.pass(10_000);
      journal.push(`cursor ${numberOf(eventId)} there`);
      return undefined;
    };
    await world.run();
    expect(journal).to.deep.equal([
      "tool 1",
      "callback-1",
      "cursor 1 on its way",
      "tool 2",
      "cursor 1 there",
      "callback-2",
      "cursor 2 on its way",
      "cursor 2 there",
    ]);
  });

  it("calls nobody back, and moves no cursor, for what follows an event that is not acknowledged", async () => {
    const ids = [1, 2].map((number) => world.ask(number));
    world.workflows.fault = async (request, path) => {
      if (path !== "/events/cursors" || request.method !== "POST") return undefined;
      await world.time.pass(1_000);
      return responseOf(request, 500, {});
    };
    const result = await world.run();
    expect(result).to.deep.equal({ kind: "retry", reason: "The cursor could not be moved." });
    expect(world.workflows.callbacks.map(({ id }) => id)).to.deep.equal(["callback-1"]);
    expect(world.workflows.cursors).to.deep.equal([]);

    world.workflows.fault = () => undefined;
    await world.run();
    expect(world.workflows.callbacks.map(({ id }) => id)).to.deep.equal([
      "callback-1",
      "callback-2",
    ]);
    expect(world.workflows.cursors.map(({ eventId }) => eventId)).to.deep.equal(ids);
  });

  it("is idle for as long over a hand-over as within one run", async () => {
    const settings = { idleSeconds: 250, marginSeconds: 10 };
    world.ask(1);
    const began = world.time.now;
    const causes = [await world.run(settings, { deadline_s: 110 })];
    for (let next = world.queued.shift(); next !== undefined; next = world.queued.shift()) {
      causes.push(await world.run(settings, next));
    }
    expect(causes).to.deep.equal([
      { kind: "ended", by: "deadline", hasSuccessor: true },
      { kind: "ended", by: "deadline", hasSuccessor: true },
      { kind: "ended", by: "idle", hasSuccessor: false },
    ]);
    // And what looking for what came meanwhile takes.
    expect((world.time.now - began) / 1000).to.be.within(250, 260);
  });

  it("hands over where an order came while an idle run was ending", async () => {
    world.workflows.fault = (_request, path) => {
      if (path.endsWith("/release")) {
        const order = { event_id: "event-1", ordered_at: "2026-01-01T12:00:00.000Z" };
        void world.objects.write(resendObject(TENANT, "event-1"), JSON.stringify(order));
      }
      return undefined;
    };
    const ended = await world.run({ idleSeconds: 20 });
    expect(ended).to.deep.equal({ kind: "ended", by: "idle", hasSuccessor: true });
  });

  it("has no successor for an order that nobody can read", async () => {
    await world.objects.write(resendObject(TENANT, "event-1"), "no order");
    const ended = await world.run({ idleSeconds: 20 });
    expect(ended).to.deep.equal({ kind: "ended", by: "idle", hasSuccessor: false });
  });

  it("finds events of the millisecond of the one that the stream broke off behind", async () => {
    const [first, second] = [world.ask(1), world.ask(2, { filler: "x".repeat(20_000) })];
    const third = world.ask(3);
    world.workflows.cutsAfter = ({ id }) => id === first;
    // It takes the place of what was left out, and nothing looks any further.
    world.time.at(1_000, () => world.ask(4));
    await world.run();
    const [, , , fourth = ""] = world.workflows.events.map(({ id }) => id);
    expect(world.consumer.ran).to.deep.equal([first, second, third, fourth]);
    expect(world.workflows.cursors.map(({ eventId }) => eventId).at(-1)).to.equal(fourth);
    expect(world.workflows.callbacks).to.have.length(4);
  });

  it("takes no more of a session than that, where the stream has the events of others too", async () => {
    const first = world.ask(1);
    world.time.now += 1_000;
    const others = world.ask(2, { session: "another" });
    world.time.now += 1_000;
    const third = world.ask(3);
    world.workflows.cutsAfter = ({ id }) => id === first;
    await world.run();
    expect(world.consumer.ran).to.deep.equal([first, others, third]);
  });

  it("finds them behind the cursor of a run before, too", async () => {
    const [first, second] = [world.ask(1), world.ask(2)];
    const timestamp = new Date(world.time.now).toISOString();
    world.workflows.cursors.push({ eventId: first, timestamp, at: world.time.now });
    world.time.at(1_000, () => world.ask(3));
    await world.run();
    const third = world.workflows.events.at(-1)?.id;
    expect(world.consumer.ran).to.deep.equal([second, third]);
  });
});
