import { expect } from "chai";
import { at, PROJECT, SmallService, USER, WORKSPACE } from "./small-service.ts";

describe("the people's side of the workflows service", () => {
  let service: SmallService;

  beforeEach(async () => {
    service = new SmallService();
    await service.start();
  });

  afterEach(async () => service.stop());

  /** As `curl -d` posts, without a word on who asks. */
  async function curl(path: string, body?: object, method?: string) {
    const response = await fetch(service.url(path), {
      method: method ?? (body === undefined ? "GET" : "POST"),
      ...(body !== undefined && {
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: JSON.stringify(body),
      }),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  const call = { user: USER, project: PROJECT, workspace: WORKSPACE, tool: "READ_FILE" };

  describe("a call of a tool", () => {
    it("makes all that it needs, and reaches the workspace's stream as an emitter's event does", async () => {
      const { status, text } = await curl("/stand-in/tool-calls", {
        ...call,
        arguments: { filepath: "a.txt" },
      });
      expect(status).to.equal(201);
      const { eventId, callbackId, createTime } = JSON.parse(text) as Record<string, string>;
      const client = await service.open();
      expect(await client.ids(1)).to.deep.equal([eventId]);
      const [event] = client.events;
      expect(JSON.parse(event?.data ?? "")).to.deep.equal({
        create_time: service.clock.now() / 1000,
        callback_id: callbackId,
        content: null,
        tool_call: {
          id: `call_${callbackId}`,
          type: "function",
          function: { name: "READ_FILE", arguments: '{"filepath":"a.txt"}' },
        },
        cost: 0,
        background: false,
        status: "",
        error: null,
        attributes: { projectId: PROJECT, sessionId: "session" },
      });
      expect(createTime).to.equal(at(0));
      expect((await service.ask(`/callbacks/${callbackId}`, { body: {} })).status).to.equal(200);
      const lock = `/projects/${PROJECT}/consumer-lock/status`;
      expect((await service.ask(lock)).body).to.deep.equal({ ok: true, locked: false });
    });

    it("has a time of its own, also while the clock stands still", () => {
      const times = [0, 1, 2].map(() => service.workflows.callTool(call).createTime);
      expect(times).to.deep.equal([at(0), at(0.001), at(0.002)]);
    });

    it("finds its workspace live, however long nobody used it", async () => {
      service.workflows.callTool(call);
      await service.clock.advance({ seconds: 3600 });
      service.workflows.callTool(call);
      const client = await service.open();
      expect(await client.ids(2)).to.have.length(2);
    });

    it("is refused by the name of what is wrong", async () => {
      const { status, text } = await curl("/stand-in/tool-calls", { ...call, project: "", x: 1 });
      expect(status).to.equal(400);
      const { error } = JSON.parse(text) as { error: string };
      expect(error).to.contain("project: ").and.to.contain("x: ");
      expect((await curl("/stand-in/tool-calls", [1])).status).to.equal(400);
    });
  });

  it("orders faults, lists them and takes them back", async () => {
    const fault = { fault: "fail", of: "callback", status: 503, times: 3 };
    const ordered = await curl("/stand-in/faults", fault);
    expect([ordered.status, JSON.parse(ordered.text)]).to.deep.equal([201, [fault]]);
    expect(JSON.parse((await curl("/stand-in/faults")).text)).to.deep.equal([fault]);
    const { status, text } = await curl("/stand-in/faults", { fault: "fire" });
    expect(status).to.equal(400);
    expect(text).to.contain("fault: ");
    await curl("/stand-in/faults", undefined, "DELETE");
    expect(service.workflows.faults.ordered).to.deep.equal([]);
  });

  it("holds at most a thousand faults", async () => {
    for (let i = 0; i < 1000; i++) service.workflows.faults.order({ fault: "drop" });
    expect((await curl("/stand-in/faults", { fault: "drop" })).status).to.equal(429);
  });

  describe("the page", () => {
    it("shows streams, locks, cursors, events, callbacks and faults", async () => {
      const { callbackId, eventId } = service.workflows.callTool(call);
      const client = await service.open();
      await client.ids(1);
      await service.ask(`/projects/${PROJECT}/consumer-lock/acquire`, {
        body: { consumerId: "bridge-1" },
      });
      await service.ask("/events/cursors", {
        body: { projectId: PROJECT, eventId, timestamp: at(0) },
      });
      await service.ask(`/callbacks/${callbackId}`, { body: { content: "hello" } });
      service.workflows.faults.order({ fault: "silence" });
      const { status, text } = await curl("/");
      expect(status).to.equal(200);
      for (const shown of [
        `<td>ada/p1</td><td>w1</td><td>0 s</td><td>1</td><td>${eventId}</td>`,
        `<td>bridge-1, 600 s left</td><td>${eventId} (${at(0)})</td>`,
        `<td>${eventId}</td><td>tool_call</td><td>READ_FILE</td>`,
        `<td>${callbackId}</td><td>200</td><td>{&quot;content&quot;:&quot;hello&quot;}</td>`,
        "<td>{&quot;fault&quot;:&quot;silence&quot;,&quot;times&quot;:1}</td>",
      ]) {
        expect(text).to.contain(shown);
      }
      expect((await curl("/stand-in")).text).to.equal(text);
    });

    it("shows what anybody sent as text, and lets nothing run", async () => {
      service.workflows.callTool({ ...call, user: "<script>alert(1)<!--" });
      const { text, headers } = await curl("/");
      expect(text).to.contain("&lt;script&gt;").and.not.to.contain("<script>");
      expect(headers.get("content-security-policy")).to.contain("default-src 'none'");
    });
  });
});
