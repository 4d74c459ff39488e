import { expect } from "chai";
import { at, envelope, PROJECT, SmallService, until, USER, WORKSPACE } from "./small-service.ts";

describe("the workflows service's stream", () => {
  let service: SmallService;

  beforeEach(async () => {
    service = new SmallService();
    await service.start();
    service.workflows.makeWorkspace(USER, PROJECT, { id: WORKSPACE });
  });

  afterEach(async () => service.stop());

  /** Posts events whose times are a second apart: the first at 1 s. */
  function post(...ids: readonly string[]): void {
    ids.forEach((id, index) =>
      service.workflows.post(USER, envelope(id, { create_time: at(index + 1) })),
    );
  }

  /** Opens a stream without a connection. */
  const send = async () =>
    service.workflows.send({
      method: "GET",
      url: new URL(`http://flows/events/stream?workspaceId=${WORKSPACE}`),
      headers: [
        ["X-User-Id", USER],
        ["X-Project-Id", PROJECT],
      ],
      body: Buffer.alloc(0),
    });

  it("frames an event as id, type and data, each in one line", async () => {
    const client = await service.open();
    service.workflows.post(
      USER,
      envelope("e1", { type: "tool", create_time: at(1), data: { text: "ä\n漢" } }),
    );
    await client.ids(1);
    const data = {
      text: "ä\n漢",
      create_time: at(1),
      attributes: { projectId: PROJECT, sessionId: "s1" },
    };
    expect(client.raw).to.equal(`id: e1\nevent: tool\ndata: ${JSON.stringify(data)}\n\n`);
    const { status, headers } = await client.answered;
    expect([status, headers.get("content-type"), headers.get("cache-control")]).to.deep.equal([
      200,
      "text/event-stream",
      "no-cache",
    ]);
    expect(headers.get("x-accel-buffering")).to.equal("no");
  });

  it("does not answer before its first event or keep-alive", async () => {
    const client = await service.open();
    let isAnswered = false;
    void client.answered.then(() => (isAnswered = true));
    await service.clock.advance({ seconds: 14.9 });
    expect([isAnswered, client.raw]).to.deep.equal([false, ""]);
    await service.clock.advance({ seconds: 0.2 });
    await until(() => client.raw !== "");
    expect(client.raw).to.equal(": keep-alive\n\n");
    await service.clock.advance({ seconds: 30 });
    await until(() => client.comments.length === 3);
  });

  it("keeps alive as often as it is asked to, but at most once a second", async () => {
    const often = await service.open("&heartbeat_ms=10");
    await service.clock.advance({ seconds: 2.5 });
    await until(() => often.comments.length >= 2);
    expect(often.comments).to.have.length(2);
  });

  it("sends the whole history in the order of its times to who names no position", async () => {
    service.workflows.post(USER, envelope("late", { create_time: at(9) }));
    service.workflows.post(USER, envelope("b", { create_time: at(5) }));
    service.workflows.post(USER, envelope("a", { create_time: at(5) }));
    const client = await service.open();
    expect(await client.ids(3)).to.deep.equal(["a", "b", "late"]);
  });

  it("goes on strictly after an event, skipping those of the same time", async () => {
    post("e1", "e2", "e3");
    service.workflows.post(USER, envelope("twin", { create_time: at(2) }));
    const client = await service.open("&since_id=e2");
    expect(await client.ids(1)).to.deep.equal(["e3"]);
    post("e1", "e2", "e3", "e4");
    expect(await client.ids(2)).to.deep.equal(["e3", "e4"]);
  });

  it("goes on strictly after a time, compared as text", async () => {
    post("e1", "e2", "e3");
    const iso = await service.open(`&since_time=${at(2)}`);
    expect(await iso.ids(1)).to.deep.equal(["e3"]);
    const seconds = await service.open("&since_time=1732045682.123");
    expect(await seconds.ids(3)).to.deep.equal(["e1", "e2", "e3"]);
  });

  it("prefers Last-Event-ID to since_id, and since_id to since_time", async () => {
    post("e1", "e2", "e3", "e4");
    const byHeader = await service.open(`&since_id=e1&since_time=${at(0)}`, {
      "last-event-id": "e3",
    });
    expect(await byHeader.ids(1)).to.deep.equal(["e4"]);
    const byId = await service.open(`&since_id=e2&since_time=${at(0)}`);
    expect(await byId.ids(2)).to.deep.equal(["e3", "e4"]);
  });

  it("stays open and silent after an id that it does not know", async () => {
    post("e1");
    const client = await service.open("&since_id=nobody-knows");
    post("e1", "e2");
    await service.clock.advance({ seconds: 600 });
    await until(() => client.comments.length === 40);
    expect(client.events).to.deep.equal([]);
  });

  it("does not send an event again that is posted again", async () => {
    const client = await service.open();
    post("e1");
    post("e1", "e2");
    expect(await client.ids(2)).to.deep.equal(["e1", "e2"]);
  });

  it("sends a workspace of a session the events of that session only", async () => {
    service.workflows.makeWorkspace(USER, PROJECT, { id: WORKSPACE, session: "s2" });
    const client = await service.open();
    post("e1");
    service.workflows.post(USER, envelope("e2", { sessionId: "s2", create_time: at(2) }));
    expect(await client.ids(1)).to.deep.equal(["e2"]);
  });

  it("sends nobody another user's or another project's events", async () => {
    const client = await service.open();
    service.workflows.post("bob", envelope("other user"));
    service.workflows.post(USER, envelope("other project", { projectId: "p2" }));
    post("e1");
    expect(await client.ids(1)).to.deep.equal(["e1"]);
  });

  it("never sends an event to who names no workspace", async () => {
    post("e1");
    const answered = fetch(service.url("/events/stream"), {
      headers: { "x-user-id": USER, "x-project-id": PROJECT },
    });
    await until(() => service.workflows.streams.length === 1);
    post("e1", "e2");
    await service.clock.advance({ seconds: 15 });
    for await (const chunk of (await answered).body ?? []) {
      expect(Buffer.from(chunk as Uint8Array).toString()).to.equal(": keep-alive\n\n");
      return;
    }
    expect.fail("The stream ended.");
  });

  describe("of a workspace", () => {
    it("is answered 404 in its own format where there is none", async () => {
      const { status, body } = await service.ask("/events/stream?workspaceId=none");
      expect(status).to.equal(404);
      expect(body).to.equal('event: error\ndata: {"error":"workspace not found"}\n\n');
    });

    it("is answered 404 when nobody used it for five minutes, or as long as is said", async () => {
      const gone = 'event: error\ndata: {"error":"workspace not live"}\n\n';
      await service.clock.advance({ seconds: 301 });
      const late = await service.ask(`/events/stream?workspaceId=${WORKSPACE}`);
      expect(late).to.deep.equal({ status: 404, body: gone });
      const short = await service.ask(`/events/stream?workspaceId=${WORKSPACE}&ttl=300`);
      expect(short).to.deep.equal({ status: 404, body: gone });
      await service.open("&ttl=302");
      expect(service.workflows.streams).to.have.length(1);
    });

    it("keeps it live while it is open, unless it is told not to", async () => {
      const liveAt = () =>
        service.workflows.project(USER, PROJECT).workspaces.get(WORKSPACE)?.live_at;
      const begin = service.clock.now();
      await service.open("&heartbeat=none");
      await service.clock.advance({ seconds: 100 });
      expect(liveAt()).to.equal(begin);
      await service.open();
      expect(liveAt()).to.equal(begin + 100_000);
      await service.clock.advance({ seconds: 119 });
      expect(liveAt()).to.equal(begin + 160_000);
      service.workflows.stop();
      await service.clock.advance({ seconds: 100 });
      expect(liveAt()).to.equal(begin + 160_000);
    });
  });

  describe("with much at once", () => {
    const large = (id: string, seconds: number) =>
      envelope(id, { create_time: at(seconds), data: { text: "x".repeat(20_000) } });

    it("ends right after an event above 16 KiB", async () => {
      post("e1");
      service.workflows.post(USER, large("e2", 2));
      service.workflows.post(USER, envelope("e3", { create_time: at(3) }));
      const client = await service.open();
      expect(await client.ended).to.equal("ended");
      expect(await client.ids(2)).to.deep.equal(["e1", "e2"]);
      const next = await service.open("&since_id=e2");
      expect(await next.ids(1)).to.deep.equal(["e3"]);
    });

    it("ends so too when the client reads as fast as it can", async () => {
      const client = await service.open();
      service.workflows.post(USER, envelope("e1", { create_time: at(1) }));
      await client.ids(1);
      service.workflows.post(USER, large("e2", 2));
      expect(await client.ended).to.equal("ended");
      expect(await client.ids(2)).to.deep.equal(["e1", "e2"]);
    });

    it("goes on where the mark is higher", async () => {
      service.workflows.burstBytes = 64 * 1024;
      const client = await service.open();
      service.workflows.post(USER, large("e1", 1));
      service.workflows.post(USER, envelope("e2", { create_time: at(2) }));
      expect(await client.ids(2)).to.deep.equal(["e1", "e2"]);
    });

    it("ends when nobody reads", async () => {
      await send();
      const sent = Array.from({ length: 1000 }, (_, index) => {
        service.workflows.post(USER, envelope(`e${index}`, { create_time: at(index) }));
        return service.workflows.streams.length;
      });
      expect(sent.indexOf(0)).to.be.within(50, 200);
    });
  });

  it("is forgotten when the client leaves", async () => {
    const client = await service.open();
    service.workflows.post(USER, envelope("e1"));
    await client.ids(1);
    expect(service.workflows.streams).to.have.length(1);
    client.leave();
    await until(() => service.workflows.streams.length === 0);
    const early = await service.open("&since_id=e1");
    early.leave();
    await until(() => service.workflows.streams.length === 0);
  });

  it("is forgotten when its body is let go", async () => {
    const { body } = await send();
    if (!Buffer.isBuffer(body)) body.destroy();
    await until(() => service.workflows.streams.length === 0);
  });
});
