import { expect } from "chai";
import { at, PROJECT, SmallService, USER, WORKSPACE } from "./small-service.ts";

describe("the workflows service, for a bridge:", () => {
  let service: SmallService;

  beforeEach(async () => {
    service = new SmallService();
    await service.start();
    service.workflows.makeWorkspace(USER, PROJECT, { id: WORKSPACE });
  });

  afterEach(async () => service.stop());

  describe("a cursor", () => {
    const write = async (body: object) => service.ask("/events/cursors", { body });
    const read = async (query = `projectId=${PROJECT}`) => service.ask(`/events/cursors?${query}`);

    it("is null before it was written, and then what was written last", async () => {
      const none = { projectId: PROJECT, sessionId: null, project: null, session: null };
      expect(await read()).to.deep.equal({ status: 200, body: none });
      const posted = { projectId: PROJECT, eventId: "e9", timestamp: at(9), target: "project" };
      expect(await write(posted)).to.deep.equal({
        status: 200,
        body: { ok: true, projectId: PROJECT, sessionId: null, updated: ["project"] },
      });
      await write({ ...posted, eventId: "e2" });
      const project = { eventId: "e2", timestamp: at(9), updatedAt: at(0) };
      expect((await read()).body).to.deep.equal({ ...none, project });
      const history = service.workflows.records.cursors.all.map(({ eventId }) => eventId);
      expect(history).to.deep.equal(["e9", "e2"]);
    });

    it("is stored where the header says, whatever the body names", async () => {
      await write({ projectId: "p9", eventId: "e1", timestamp: at(1) });
      const { cursors } = service.workflows.project(USER, PROJECT);
      expect([...cursors.keys()]).to.deep.equal(["project"]);
    });

    it("may be a session's, or both", async () => {
      const { body } = await write({
        project_id: PROJECT,
        session_id: "s1",
        id: "e1",
        time: 1732045682.123,
      });
      expect(body).to.deep.equal({
        ok: true,
        projectId: PROJECT,
        sessionId: "s1",
        updated: ["session"],
      });
      const session = {
        eventId: "e1",
        timestamp: "1732045682.123",
        updatedAt: at(0),
        sessionId: "s1",
      };
      expect((await read(`projectId=${PROJECT}&sessionId=s1`)).body).to.deep.equal({
        projectId: PROJECT,
        sessionId: "s1",
        project: null,
        session,
      });
      const both = { projectId: PROJECT, sessionId: "s1", eventId: "e", timestamp: "t" };
      const { body: answer } = await write({ ...both, target: "both" });
      expect((answer as { updated: unknown }).updated).to.deep.equal(["project", "session"]);
    });

    it("may be asked for by a workspace, which must be there", async () => {
      const { body } = await read(`workspaceId=${WORKSPACE}`);
      expect((body as { projectId: string }).projectId).to.equal(PROJECT);
      const unknown = { status: 404, body: { error: "workspace not found" } };
      expect(await read("workspaceId=w9")).to.deep.equal(unknown);
      expect(await write({ workspaceId: "w9", eventId: "e" })).to.deep.equal(unknown);
    });

    it("is refused where something is missing", async () => {
      const errorOf = async (body: object) => (await write(body)).body as { error: string };
      const missing = [
        await errorOf({ eventId: "e", timestamp: "t" }),
        await errorOf({ projectId: PROJECT, timestamp: "t" }),
        await errorOf({ projectId: PROJECT, eventId: "e" }),
        await errorOf({ projectId: PROJECT, eventId: "e", timestamp: "t", target: "session" }),
      ].map(({ error }) => error);
      expect(missing).to.deep.equal([
        "projectId or workspaceId required",
        "eventId required",
        "timestamp required",
        "sessionId required for session-target cursor",
      ]);
      expect((await read("")).status).to.equal(400);
    });
  });

  describe("a callback", () => {
    async function register(url: unknown) {
      return service.ask("/callbacks", { body: { callback_url: url, name: "n" } });
    }

    it("is registered for a URL, and takes in what comes", async () => {
      const { status, body } = await register("https://example.com/callback");
      const { id, callback_url } = body as { id: string; callback_url: string };
      expect([status, callback_url]).to.deep.equal([201, "https://example.com/callback"]);
      expect(id).to.match(/^[A-Za-z0-9]{20}$/);
      const result = { filepath: "a.txt", bytesWritten: 6 };
      const answer = await service.ask(`/callbacks/${id}`, { body: result });
      expect(answer).to.deep.equal({ status: 200, body: {} });
      await service.ask(`/callbacks/${id}`, { body: [1] });
      const came = { user: USER, project: PROJECT, at: service.clock.now(), id, status: 200 };
      expect(service.workflows.records.callbacks.all).to.deep.equal([
        { ...came, body: result },
        { ...came, body: [1] },
      ]);
    });

    it("is refused for what is no URL of the web", async () => {
      const refused = {
        status: 400,
        body: { error: "callback_url must be a valid http(s) URL" },
      };
      for (const url of [undefined, 7, "", "ftp://example.com", "nonsense"]) {
        expect(await register(url)).to.deep.equal(refused);
      }
    });

    it("that is unknown is answered 404, and what came is remembered", async () => {
      expect(await service.ask("/callbacks/none", { body: { result: null } })).to.deep.equal({
        status: 404,
        body: { error: "Callback not found" },
      });
      const [came] = service.workflows.records.callbacks.all;
      expect(came).to.include({ id: "none", status: 404 });
    });

    it("is not told who called in the body", async () => {
      await service.ask("/callbacks/c", { body: { userId: "bob", a: 1 } });
      const [came] = service.workflows.records.callbacks.all;
      expect([came?.user, came?.body]).to.deep.equal(["bob", { a: 1 }]);
    });
  });

  describe("a lock", () => {
    const ask = async (what: string, body?: object, headers: Record<string, string> = {}) =>
      service.ask(`/projects/${PROJECT}/consumer-lock/${what}`, { body, headers });
    const lockOf = (consumerId: string, more: object = {}) => {
      const now = service.clock.now();
      return {
        consumerId,
        consumerType: "CLOUD",
        leaseMs: 600_000,
        acquiredAt: now,
        refreshedAt: now,
        expiresAt: now + 600_000,
        ...more,
      };
    };

    it("is given to the first, refreshed for them, and refused to others", async () => {
      const lock = lockOf("a");
      expect(await ask("acquire", { consumerId: "a" })).to.deep.equal({
        status: 200,
        body: { ok: true, lock },
      });
      await service.clock.advance({ seconds: 60 });
      const now = service.clock.now();
      const refreshed = { ...lock, refreshedAt: now, expiresAt: now + 600_000 };
      expect(await ask("acquire", { consumerId: "a" })).to.deep.equal({
        status: 200,
        body: { ok: true, lock: refreshed, refreshed: true },
      });
      expect(await ask("acquire", { consumerId: "b" })).to.deep.equal({
        status: 409,
        body: { ok: false, conflict: true, holder: refreshed, msRemaining: 600_000 },
      });
      const kinds = service.workflows.records.locks.all.map(({ kind }) => kind);
      expect(kinds).to.deep.equal(["acquired", "refreshed", "refused"]);
      expect(service.workflows.project(USER, PROJECT).lock?.consumerId).to.equal("a");
    });

    it("is free when its lease is over", async () => {
      await ask("acquire", { consumerId: "a", leaseMs: 30_000 });
      await service.clock.advance({ seconds: 30 });
      const { body } = await ask("acquire", { consumerId: "b" });
      expect(body).to.deep.equal({ ok: true, lock: lockOf("b") });
    });

    it("has a lease of five seconds to an hour", async () => {
      const leaseFor = async (leaseMs: unknown) => {
        const { body } = await ask("acquire", { consumerId: "a", leaseMs });
        return (body as { lock: { leaseMs: number } }).lock.leaseMs;
      };
      const leases = [
        await leaseFor(1),
        await leaseFor(7_000.9),
        await leaseFor(1e9),
        await leaseFor("soon"),
      ];
      expect(leases).to.deep.equal([5_000, 7_000, 3_600_000, 600_000]);
    });

    it("may be asked for in headers", async () => {
      const { body } = await ask(
        "acquire",
        {},
        { "x-consumer-id": "a", "x-lock-lease-ms": "60000", "x-consumer-type": "local" },
      );
      const { consumerId, leaseMs, consumerType } = (body as { lock: Record<string, unknown> })
        .lock;
      expect([consumerId, leaseMs, consumerType]).to.deep.equal(["a", 60_000, "LOCAL"]);
    });

    it("is released by who holds it, or by force", async () => {
      expect((await ask("release", { consumerId: "a" })).body).to.deep.equal({
        ok: true,
        released: false,
      });
      await ask("acquire", { consumerId: "a" });
      expect(await ask("release", { consumerId: "b" })).to.deep.equal({
        status: 409,
        body: { ok: false, conflict: true, holder: lockOf("a"), msRemaining: 600_000 },
      });
      expect((await ask("release", { consumerId: "a", reason: "idle" })).body).to.deep.equal({
        ok: true,
        released: true,
      });
      await ask("acquire", { consumerId: "a" });
      expect((await ask("release", { force: true })).status).to.equal(200);
      expect(service.workflows.project(USER, PROJECT).lock).to.equal(undefined);
    });

    it("says its status", async () => {
      expect((await ask("status")).body).to.deep.equal({ ok: true, locked: false });
      await ask("acquire", { consumerId: "a" });
      const held = { ok: true, locked: true, holder: lockOf("a"), msRemaining: 600_000 };
      expect((await ask("status")).body).to.deep.equal(held);
      await service.clock.advance({ seconds: 601 });
      expect((await ask("status")).body).to.deep.equal({ ...held, locked: false, msRemaining: 0 });
    });

    it("is refused without a consumer or a project", async () => {
      expect(await ask("acquire", {})).to.deep.equal({
        status: 400,
        body: { error: "consumerId required (body.consumerId or x-consumer-id)" },
      });
      expect(await ask("release", {})).to.deep.equal({
        status: 400,
        body: { error: "consumerId required unless force=true" },
      });
      const missing = { status: 404, body: { error: "Project not found" } };
      const body = { consumerId: "a" };
      for (const what of ["acquire", "release"]) {
        const path = `/projects/p9/consumer-lock/${what}`;
        expect(await service.ask(path, { body })).to.deep.equal(missing);
      }
    });

    it("can be given to somebody, and taken from them", async () => {
      service.workflows.giveLock(USER, PROJECT, { consumerId: "b", leaseMs: 1000 });
      expect((await ask("acquire", { consumerId: "a" })).status).to.equal(409);
      service.workflows.giveLock(USER, PROJECT);
      expect((await ask("acquire", { consumerId: "a" })).status).to.equal(200);
    });
  });
});
