import { expect } from "chai";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { routesOf } from "../../../functions/plan-runner/adapters/routes.ts";
import { Unavailable } from "../../../functions/plan-runner/faults.ts";
import { createListener } from "../../../functions/runtime/door/http-handler.ts";
import { AUDIENCE, ClientWithKeys, idToken } from "../../support/runtime-tokens.ts";
import { planRequest } from "./builders.ts";
import { World, untilAborted } from "./world.ts";

const PUSH_SA = "pubsub-push-sa@p.iam.gserviceaccount.com";
const DEADLETTER_SA = "plan-deadletter@p.iam.gserviceaccount.com";
const TOKEN_IN_MESSAGE = "ghs_secretOfTheSender";

describe("the plan runner's routes", () => {
  let world: World;
  let server: http.Server;
  let origin: string;
  const lines: string[] = [];

  before(async () => {
    // One world after the other behind the same port.
    const env = { AUDIENCE, PUSH_SA, DEADLETTER_SA, PRIVATE: false };
    const listen = () =>
      createListener({
        role: "plan-runner",
        routes: routesOf(env, world.ports, () => Promise.resolve(new ClientWithKeys())),
        hasHealthz: true,
        write: (line) => void lines.push(line),
      });
    server = http.createServer((request, response) => listen()(request, response));
    await once(server.listen(0, "127.0.0.1"), "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => {
    world = new World();
    lines.length = 0;
  });

  async function post(
    path: string,
    body: unknown,
    email: string | undefined,
    init: RequestInit = {},
  ) {
    const token = email === undefined ? undefined : await idToken({ email });
    const response = await fetch(`${origin}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
    });
    return { status: response.status, body: await response.text() };
  }

  function envelope(message: unknown): object {
    const data = Buffer.from(JSON.stringify(message)).toString("base64");
    const publishTime = new Date(world.now - 250).toISOString();
    return { message: { data, messageId: "m-1", publishTime }, subscription: "s" };
  }

  const sent = { ...planRequest(), installation: { id: 3, token: TOKEN_IN_MESSAGE } };

  it("answers GET /healthz", async () => {
    const response = await fetch(`${origin}/healthz`);
    expect([response.status, await response.text()]).to.deep.equal([200, "ok"]);
  });

  it("acknowledges a planned message with 204, and repeats no token it holds", async () => {
    expect(await post("/pubsub/push", envelope(sent), PUSH_SA)).to.deep.equal({
      status: 204,
      body: "",
    });
    expect(world.pull.bodies).to.have.length(1);
    expect(lines.join("\n")).to.include('queue_to_runner_ms":250');
    const everything = [...lines, ...world.pull.bodies, JSON.stringify(world.executions)].join(
      "\n",
    );
    expect(everything).not.to.include(TOKEN_IN_MESSAGE);
  });

  const callers: [path: string, email: string | undefined, status: number][] = [
    ["/pubsub/push", undefined, 401],
    ["/pubsub/push", DEADLETTER_SA, 403],
    ["/give-up", undefined, 401],
    ["/give-up", PUSH_SA, 403],
    ["/plan", PUSH_SA, 404],
  ];
  for (const [path, email, status] of callers) {
    it(`answers ${status} at ${path} to ${email ?? "nobody"}`, async () => {
      expect((await post(path, envelope(sent), email)).status).to.equal(status);
      expect(world.opened).to.deep.equal([]);
    });
  }

  it("refuses a token that a stranger signed, or for another service", async () => {
    for (const token of [
      await idToken({ email: PUSH_SA }, "stranger"),
      await idToken({ email: PUSH_SA, aud: "x" }),
    ]) {
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const { status } = await post("/pubsub/push", envelope(sent), undefined, { headers });
      expect(status).to.equal(401);
    }
  });

  it("lets a message come again by 503, and by 429 where GitHub's limits are met", async () => {
    world.onToken = () => {
      throw new Unavailable("It passes.");
    };
    expect((await post("/pubsub/push", envelope(sent), PUSH_SA)).status).to.equal(503);
    world.onToken = () => {
      throw new Unavailable("A limit.", 60);
    };
    expect((await post("/pubsub/push", envelope(sent), PUSH_SA)).status).to.equal(429);
  });

  it("acknowledges a message that nobody can read, with a comment where it names a pull request", async () => {
    const bad = { ...sent, pull_request: { number: 7, head_sha: "-x" } };
    expect((await post("/pubsub/push", envelope(bad), PUSH_SA)).status).to.equal(204);
    expect(world.pull.bodies[0]).to.include("`pull_request.head_sha` must be a full commit id");
    expect((await post("/pubsub/push", "{}", PUSH_SA)).status).to.equal(204);
    expect((await post("/pubsub/push", envelope("text"), PUSH_SA)).status).to.equal(204);
    expect(world.pull.bodies).to.have.length(1);
  });

  it("stops the plan when Pub/Sub goes away", async () => {
    const started = Promise.withResolvers<AbortSignal>();
    world.work = (signal) => {
      started.resolve(signal);
      return untilAborted(signal, new Unavailable("aborted"));
    };
    const gone = new AbortController();
    const answer = post("/pubsub/push", envelope(sent), PUSH_SA, { signal: gone.signal }).then(
      () => "answered",
      () => "gone",
    );
    const signal = await started.promise;
    gone.abort();
    if (!signal.aborted) await once(signal, "abort");
    expect(await answer).to.equal("gone");
  });

  it("gives up for the dead letters' reader", async () => {
    const { status, body } = await post("/give-up", sent, DEADLETTER_SA);
    expect([status, JSON.parse(body)]).to.deep.equal([200, { ok: true, posted: true }]);
    expect(world.pull.bodies[0]).to.include("Gave up after many tries");
    expect((await post("/give-up", {}, DEADLETTER_SA)).status).to.equal(422);
  });
});
