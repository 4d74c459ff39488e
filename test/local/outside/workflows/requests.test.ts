import { expect } from "chai";
import { at, envelope, PROJECT, SmallService, USER, WORKSPACE } from "./small-service.ts";

describe("requests to the workflows service", () => {
  let service: SmallService;

  beforeEach(async () => {
    service = new SmallService();
    await service.start();
    service.workflows.makeWorkspace(USER, PROJECT, { id: WORKSPACE });
  });

  afterEach(async () => service.stop());

  describe("for who calls", () => {
    const cursor = "/events/cursors?projectId=p1";

    it("take the user of the body, else of the query, else of the header", async () => {
      const post = async (more: object, query = "") =>
        service.ask(`/events${query}`, { body: { ...envelope("e1"), ...more } });
      await post({ userId: "body" }, "?userId=query");
      await post({}, "?userId=query");
      await post({});
      const users = service.workflows.records.events.all.map(({ user }) => user);
      expect(users).to.deep.equal(["body", "query", USER]);
    });

    it("are refused without a user or a project", async () => {
      expect(await service.ask(cursor, { headers: { "x-user-id": "" } })).to.deep.equal({
        status: 401,
        body: { error: "Unauthorized: missing workflow userId" },
      });
      expect(await service.ask(cursor, { headers: { "x-project-id": "" } })).to.deep.equal({
        status: 400,
        body: { error: "Missing x-project-id header" },
      });
    });

    it("need the shared token, where there is one", async () => {
      const closed = new SmallService({ sharedToken: "s3cret" });
      await closed.start();
      const statusWith = async (headers: Record<string, string>) =>
        (await closed.ask(cursor, { headers })).status;
      expect(await closed.ask(cursor)).to.deep.equal({
        status: 401,
        body: { error: "unauthorized" },
      });
      const statuses = [
        await statusWith({ authorization: "Bearer wrong" }),
        await statusWith({ "x-service-auth": "wrong", authorization: "Bearer s3cret" }),
        await statusWith({ authorization: "Bearer s3cret" }),
        await statusWith({ "x-service-auth": "s3cret", authorization: "Bearer id-token" }),
      ];
      expect(statuses).to.deep.equal([401, 401, 200, 200]);
      await closed.stop();
    });

    it("are remembered with who asked and how they were answered", async () => {
      await service.ask(cursor, { headers: { authorization: "Bearer t", "x-workspace-id": "w1" } });
      expect(service.workflows.records.requests.all).to.deep.equal([
        {
          user: USER,
          project: PROJECT,
          at: service.clock.now(),
          method: "GET",
          path: cursor,
          authorization: "Bearer t",
          workspace: "w1",
          status: 200,
        },
      ]);
    });
  });

  it("may come below a mount, and there only", async () => {
    const mounted = new SmallService({ mount: "/jobs/" });
    await mounted.start();
    const inside = await mounted.ask("/jobs/events/health");
    const outside = await mounted.ask("/events/health");
    await mounted.stop();
    expect(inside).to.deep.equal({ status: 200, body: { ok: true, backend: "firestore" } });
    expect(outside).to.deep.equal({ status: 404, body: "Not Found" });
  });

  it("for what is not there are answered 404, and said in the log", async () => {
    expect(await service.ask("/agents")).to.deep.equal({ status: 404, body: "Not Found" });
    expect(service.log).to.deep.include({
      source: "workflows",
      severity: "WARNING",
      message: "The stand-in workflows service has no GET /agents",
    });
  });

  describe("with a body", () => {
    it("that is malformed, too large or no object get Express's page", async () => {
      const statusOf = async (body: string, type = "application/json") =>
        (await service.ask("/callbacks/c", { body, headers: { "content-type": type } })).status;
      expect(await statusOf('{"a":')).to.equal(400);
      expect(await statusOf("null")).to.equal(400);
      expect(await statusOf(JSON.stringify("x".repeat(1_048_576)))).to.equal(413);
      expect(await statusOf("{}", "application/json; charset=latin1")).to.equal(415);
      const zipped = { body: "{}", headers: { "content-encoding": "gzip" } };
      expect((await service.ask("/callbacks/c", zipped)).status).to.equal(415);
      const { body } = await service.ask("/callbacks/c", { body: "null" });
      expect(body).to.contain("<pre>Bad Request</pre>");
    });

    it("of another type are read as if there were none", async () => {
      const { body } = await service.ask("/events", {
        body: JSON.stringify(envelope("e1")),
        headers: { "content-type": "text/plain" },
      });
      expect(body).to.deep.equal({ error: "projectId required" });
    });
  });

  describe("that post an event", () => {
    it("are answered with its id and time", async () => {
      const given = await service.ask("/events", { body: envelope("e1", { create_time: at(7) }) });
      expect(given).to.deep.equal({
        status: 201,
        body: {
          id: "e1",
          stored: true,
          persistence: "firestore",
          sessionId: "s1",
          create_time: at(7),
        },
      });
      const { body } = await service.ask("/events", { body: envelope("") });
      const { id, create_time } = body as { id: string; create_time: string };
      expect(id).to.match(/^[a-z0-9]{24}$/);
      expect(id.slice(0, 8)).to.equal(service.clock.now().toString(36));
      expect(create_time).to.equal(at(0));
    });

    it("have its time, its project and its session put into its data, where they are not", async () => {
      const paged = async () => (await service.ask("/events?sessionId=s1")).body;
      await service.ask("/events", {
        body: envelope("e1", {
          data: { create_time: 1.5, attributes: { projectId: "own", more: 1 } },
          background: true,
        }),
      });
      expect(await paged()).to.deep.equal([
        {
          id: "e1",
          create_time: at(0),
          projectId: PROJECT,
          sessionId: "s1",
          background: true,
          type: "message",
          source: "test",
          data: {
            create_time: 1.5,
            attributes: { projectId: "own", more: 1, sessionId: "s1" },
            payload: { background: true },
          },
          expires_at: { _seconds: service.clock.now() / 1000 + 86_400, _nanoseconds: 0 },
        },
      ]);
    });

    it("are refused without a project, a session or a source", async () => {
      const errorWithout = async (name: string) => {
        const body = { ...envelope("e1"), [name]: undefined };
        const answer = await service.ask("/events", { body });
        expect(answer.status).to.equal(400);
        return (answer.body as { error: string }).error;
      };
      expect(await errorWithout("projectId")).to.equal("projectId required");
      expect(await errorWithout("sessionId")).to.contain('(found in field "sessionId")');
      expect(await errorWithout("source")).to.contain('(found in field "source")');
      const { body } = await service.ask("/events", { body: envelope("a/b") });
      expect((body as { error: string }).error).to.contain('but was "a/b"');
    });

    it("are refused when its data is larger than 64 KiB", async () => {
      const withText = async (length: number) =>
        service.ask("/events", {
          body: envelope("e1", { data: { text: "x".repeat(length) } }),
        });
      expect(await withText(65_536)).to.deep.equal({
        status: 413,
        body: { error: "Event too large", max: 65_536 },
      });
      expect((await withText(65_000)).status).to.equal(201);
    });
  });

  describe("for a page of events", () => {
    const ids = async (query: string) => {
      const { body } = await service.ask(`/events?sessionId=s1${query}`);
      return (body as { id: string }[]).map(({ id }) => id);
    };

    beforeEach(() => {
      for (const second of [1, 2, 3]) {
        service.workflows.post(USER, envelope(`e${second}`, { create_time: at(second) }));
      }
      service.workflows.post(USER, envelope("other", { sessionId: "s2" }));
    });

    it("begin with an event or a time, that one included", async () => {
      expect(await ids("&since_id=e2")).to.deep.equal(["e2", "e3"]);
      expect(await ids(`&since_time=${at(3)}`)).to.deep.equal(["e3"]);
      expect(await ids("&since_id=e1&limit=2")).to.deep.equal(["e1", "e2"]);
    });

    it("are answered with the newest otherwise, also where the event is unknown", async () => {
      expect(await ids("&limit=2")).to.deep.equal(["e2", "e3"]);
      expect(await ids("&limit=0")).to.deep.equal(["e1", "e2", "e3"]);
      expect(await ids("&since_id=unknown")).to.deep.equal(["e1", "e2", "e3"]);
    });

    it("need a session and a limit above zero", async () => {
      expect((await service.ask("/events")).body).to.deep.equal({ error: "sessionId required" });
      expect((await service.ask("/events?sessionId=s1&limit=-1")).body).to.deep.equal({
        error: "3 INVALID_ARGUMENT: limit is negative",
      });
      expect((await service.ask("/events?sessionId=s1&limit=1.5")).status).to.equal(400);
    });
  });

  describe("that register a workspace", () => {
    const register = async (body: object) => service.ask("/workspace/register", { body });

    it("make a live one", async () => {
      const { status, body } = await register({ projectId: PROJECT, sessionId: " s2 " });
      const { id } = body as { id: string };
      expect(status).to.equal(201);
      expect(service.workflows.project(USER, PROJECT).workspaces.get(id)).to.deep.equal({
        id,
        projectId: PROJECT,
        sessionId: "s2",
        created: service.clock.now(),
        live_at: service.clock.now(),
      });
    });

    it("are refused without a project that is there", async () => {
      expect(await register({})).to.deep.equal({
        status: 400,
        body: { error: "projectId is required" },
      });
      expect(await register({ projectId: "p9" })).to.deep.equal({
        status: 400,
        body: { error: "Project not found" },
      });
    });
  });
});
