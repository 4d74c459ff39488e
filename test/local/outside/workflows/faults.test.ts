import { expect } from "chai";
import { ValiError } from "valibot";
import type { FaultInput } from "../../../../local/outside/workflows/faults.ts";
import { at, envelope, PROJECT, SmallService, until, USER, WORKSPACE } from "./small-service.ts";

describe("faults of the workflows service", () => {
  let service: SmallService;

  beforeEach(async () => {
    service = new SmallService();
    await service.start();
    service.workflows.makeWorkspace(USER, PROJECT, { id: WORKSPACE });
  });

  afterEach(async () => service.stop());

  const order = (fault: FaultInput): void => service.workflows.faults.order(fault);

  function post(...seconds: readonly number[]): void {
    for (const second of seconds) {
      service.workflows.post(USER, envelope(`e${second}`, { create_time: at(second) }));
    }
  }

  it("`drop` breaks the connection in the middle of an event", async () => {
    order({ fault: "drop" });
    const client = await service.open();
    post(1);
    expect(await client.ended).to.equal("broken");
    expect(client.raw).to.match(/^id: e1\nevent: message\ndata: \{"te/);
    expect(client.events).to.deep.equal([]);
    const next = await service.open();
    expect(await next.ids(1)).to.deep.equal(["e1"]);
  });

  it("`disconnect` ends the stream right after an event", async () => {
    order({ fault: "disconnect" });
    post(1, 2);
    const client = await service.open();
    expect(await client.ended).to.equal("ended");
    expect(await client.ids(1)).to.deep.equal(["e1"]);
  });

  it("`duplicate` sends an event twice, as often as it is ordered", async () => {
    order({ fault: "duplicate", times: 2 });
    const client = await service.open();
    post(1, 2, 3);
    expect(await client.ids(5)).to.deep.equal(["e1", "e1", "e2", "e2", "e3"]);
    expect(service.workflows.faults.ordered).to.deep.equal([]);
  });

  it("`stall` sends nothing more, and leaves the stream open", async () => {
    const client = await service.open();
    post(1);
    await client.ids(1);
    order({ fault: "stall" });
    post(2, 3);
    await service.clock.advance({ seconds: 100 });
    const other = await service.open();
    expect(await other.ids(3)).to.deep.equal(["e1", "e2", "e3"]);
    expect([client.events.length, client.comments.length]).to.deep.equal([1, 0]);
    expect(service.workflows.streams).to.have.length(2);
  });

  it("`silence` makes the next id unknown from which a stream goes on", async () => {
    order({ fault: "silence" });
    post(1, 2);
    const fromStart = await service.open();
    expect(await fromStart.ids(2)).to.deep.equal(["e1", "e2"]);
    const silent = await service.open("&since_id=e1");
    const next = await service.open("&since_id=e1");
    expect(await next.ids(1)).to.deep.equal(["e2"]);
    expect(silent.events).to.deep.equal([]);
  });

  it("`conflict` gives the lock to somebody else, who keeps it for five seconds", async () => {
    const acquire = async () =>
      service.ask(`/projects/${PROJECT}/consumer-lock/acquire`, { body: { consumerId: "a" } });
    expect((await acquire()).status).to.equal(200);
    order({ fault: "conflict" });
    const { status, body } = await acquire();
    const { holder, msRemaining } = body as {
      holder: { consumerId: string };
      msRemaining: number;
    };
    expect([status, holder.consumerId, msRemaining]).to.deep.equal([409, "somebody-else", 5000]);
    expect((await acquire()).status).to.equal(409);
    await service.clock.advance({ seconds: 5 });
    expect((await acquire()).status).to.equal(200);
  });

  it("`fail` answers with a status and has no effect", async () => {
    const write = async () =>
      service.ask("/events/cursors", {
        body: { projectId: PROJECT, eventId: "e1", timestamp: at(1) },
      });
    order({ fault: "fail", of: "write-cursor", status: 503, times: 2 });
    order({ fault: "fail", of: "write-cursor", status: 418, body: { own: 1 } });
    const failed = { status: 503, body: { error: "Failed on order" } };
    expect(await write()).to.deep.equal(failed);
    expect(await write()).to.deep.equal(failed);
    expect(await write()).to.deep.equal({ status: 418, body: { own: 1 } });
    expect(service.workflows.records.cursors.size).to.equal(0);
    expect((await write()).status).to.equal(200);
  });

  it("`fail` of a callback remembers what came", async () => {
    const { callbackId } = service.workflows.callTool({
      user: USER,
      project: PROJECT,
      workspace: WORKSPACE,
      tool: "READ_FILE",
    });
    order({ fault: "fail", of: "callback", status: 410 });
    const answers = [
      await service.ask(`/callbacks/${callbackId}`, { body: { first: 1 } }),
      await service.ask(`/callbacks/${callbackId}`, { body: { second: 2 } }),
    ].map(({ status }) => status);
    expect(answers).to.deep.equal([410, 200]);
    const came = service.workflows.records.callbacks.all.map(({ body, status }) => [status, body]);
    expect(came).to.deep.equal([
      [410, { first: 1 }],
      [200, { second: 2 }],
    ]);
  });

  it("`slow` answers after a time of the clock", async () => {
    order({ fault: "slow", of: "read-cursor", ms: 5000 });
    let isAnswered = false;
    const asked = service.ask(`/events/cursors?projectId=${PROJECT}`);
    void asked.then(() => (isAnswered = true));
    await until(() => service.workflows.faults.ordered.length === 0);
    await service.clock.advance({ seconds: 4.9 });
    expect(isAnswered).to.equal(false);
    await service.clock.advance({ seconds: 0.1 });
    expect((await asked).status).to.equal(200);
  });

  it("`lose` has its effect, and breaks the connection before the answer", async () => {
    order({ fault: "lose", of: "write-cursor" });
    const body = { projectId: PROJECT, eventId: "e1", timestamp: at(1) };
    let thrown: unknown;
    await service.ask("/events/cursors", { body }).catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(TypeError);
    expect(service.workflows.project(USER, PROJECT).cursors.get("project")?.eventId).to.equal("e1");
    const [request] = service.workflows.records.requests.all;
    expect(request?.status).to.equal(undefined);
  });

  it("`fail` of the stream answers it with a status", async () => {
    order({ fault: "fail", of: "stream", status: 401 });
    const { status } = await service.ask(`/events/stream?workspaceId=${WORKSPACE}`);
    expect(status).to.equal(401);
  });

  it("may be any bytes, written to a stream that is open", async () => {
    const client = await service.open();
    const frame = Buffer.from(`id: x\ndata: ${JSON.stringify({ text: "漢字" })}\n\n`);
    const [stream] = service.workflows.streams;
    stream?.write("data: no JSON\n\n");
    for (const byte of frame) stream?.write(Buffer.from([byte]));
    await client.ids(2);
    expect(client.events.map(({ data }) => data)).to.deep.equal(["no JSON", '{"text":"漢字"}']);
  });

  it("are refused when they are none", () => {
    const ordered = (fault: unknown) => () => order(fault as FaultInput);
    expect(ordered({ fault: "fire" })).to.throw(ValiError);
    expect(ordered({ fault: "fail", of: "lunch", status: 500 })).to.throw(ValiError);
    expect(ordered({ fault: "drop", often: 3 })).to.throw(ValiError);
    expect(ordered({ fault: "drop", times: 0 })).to.throw(ValiError);
  });

  it("are taken back by clear", async () => {
    order({ fault: "drop" });
    service.workflows.faults.clear();
    const client = await service.open();
    post(1);
    expect(await client.ids(1)).to.deep.equal(["e1"]);
  });
});
