import { expect } from "chai";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { resultsIn, runner } from "../../../functions/plan-deadletter/adapters.ts";
import { giveUp, leaveToPerson } from "../../../functions/plan-deadletter/give-up.ts";
import type { GivenUp } from "../../../functions/plan-deadletter/ports.ts";
import { resultObject } from "../../../functions/messages/plan-names.ts";
import { PlanRequest } from "../../../functions/messages/plan-request.ts";
import { callerCheck } from "../../../functions/runtime/door/caller.ts";
import { createListener } from "../../../functions/runtime/door/http-handler.ts";
import { pushHandler } from "../../../functions/runtime/door/push-handler.ts";
import { GitHubStub } from "../../support/github-stub.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { LEAST, planRequest } from "../../support/plan-requests.ts";
import { AUDIENCE, CALLER, ClientWithKeys, idToken } from "../../support/runtime-tokens.ts";

const ATTEMPTS = "CloudPubSubDeadLetterSourceDeliveryCount";

describe("plan-deadletter over HTTP", () => {
  let server: http.Server;
  let origin: string;
  let hasResult: boolean;
  let answer: GivenUp;
  const asked: unknown[] = [];
  const lines: Record<string, unknown>[] = [];

  before(async () => {
    const ports = {
      hasResult: () => Promise.resolve(hasResult),
      giveUp: (request: PlanRequest, attempts: number | undefined) => {
        asked.push([request, attempts]);
        return Promise.resolve(answer);
      },
    };
    const listener = createListener({
      role: "plan-deadletter",
      write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
      routes: {
        "/pubsub/push": {
          admit: callerCheck({
            audience: AUDIENCE,
            emails: [CALLER],
            isPrivate: true,
            client: () => Promise.resolve(new ClientWithKeys()),
          }),
          maxBodyBytes: 100_000,
          handle: pushHandler(PlanRequest, {
            handle: (request, context) => giveUp(request, context, ports),
            refuse: leaveToPerson,
          }),
        },
      },
    });
    server = http.createServer(listener);
    await once(server.listen(0, "127.0.0.1"), "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => {
    hasResult = false;
    answer = { kind: "done", posted: true };
    asked.length = 0;
    lines.length = 0;
  });

  async function push(content: unknown, attributes: object = {}, token?: string) {
    const data = Buffer.from(
      typeof content === "string" ? content : JSON.stringify(content),
    ).toString("base64");
    const response = await fetch(`${origin}/pubsub/push`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token ?? (await idToken())}`,
      },
      body: JSON.stringify({ message: { data, messageId: "m-1", attributes }, subscription: "s" }),
    });
    await response.text();
    return response.status;
  }

  it("lets the runner give up, and says after how many attempts", async () => {
    expect(await push(LEAST, { [ATTEMPTS]: "50" })).to.equal(204);
    expect(await push(LEAST, { [ATTEMPTS]: "many" })).to.equal(204);
    expect(asked).to.deep.equal([
      [planRequest(), 50],
      [planRequest(), undefined],
    ]);
  });

  it("does nothing where the plan came through after all", async () => {
    hasResult = true;
    expect(await push(LEAST)).to.equal(204);
    expect(asked).to.deep.equal([]);
  });

  it("comes again while the runner does not answer", async () => {
    answer = { kind: "unavailable", message: "down" };
    expect(await push(LEAST)).to.equal(503);
  });

  it("logs a refusal of the runner as an error, and does not come again", async () => {
    answer = { kind: "refused", status: 422, message: "`work` is required." };
    expect(await push(LEAST)).to.equal(204);
    expect(lines.find(({ severity }) => severity === "ERROR")).to.include({
      message: "The runner refused to give up (422): `work` is required.",
      repo: "octo/infra",
      pr: 7,
    });
  });

  it("leaves what cannot be read to a person, without its tokens", async () => {
    const content = {
      ...LEAST,
      pull_request: { number: 7 },
      installation: { token: "secret-1", id: 42 },
      note: "ghs_123_abc.def and https://x-access-token:secret-2@github.com/o/r",
    };
    expect(await push(content, { repo: "octo/infra" })).to.equal(204);
    const line = lines.find(({ severity }) => severity === "ERROR");
    expect(line).to.deep.include({
      message: "A dead letter cannot be read, and is dropped: `pull_request.head_sha` is required",
      message_id: "m-1",
      attributes: { repo: "octo/infra" },
    });
    expect(JSON.parse(String(line?.content))).to.deep.equal({
      ...content,
      installation: { token: "…", id: 42 },
      note: "… and https://…@github.com/o/r",
    });
    expect(JSON.stringify(lines)).not.to.match(/secret|ghs_/);
  });

  for (const [what, content] of [
    ["no JSON", "{"],
    ["nothing", ""],
    ["a text", '"ghs_secret"'],
    ["a deep nest", `{"a":`.repeat(10_000) + "1" + "}".repeat(10_000)],
  ] as const) {
    it(`acknowledges ${what}, with its id in the log`, async () => {
      expect(await push(content)).to.equal(204);
      const errors = lines.filter(({ severity }) => severity === "ERROR");
      expect(errors.every((line) => line.message_id === "m-1")).to.equal(true);
      expect(JSON.stringify(errors)).not.to.include("ghs_");
    });
  }

  it("answers Pub/Sub's account and nobody else", async () => {
    expect(
      await push(LEAST, {}, await idToken({ email: "other@p.iam.gserviceaccount.com" })),
    ).to.equal(403);
    expect(await push(LEAST, {}, await idToken({ aud: "https://other.run.app" }))).to.equal(401);
    expect(asked).to.deep.equal([]);
  });
});

describe("runner", () => {
  let stub: GitHubStub;
  before(async () => {
    stub = await GitHubStub.start();
  });
  after(() => stub.stop());
  beforeEach(() => stub.reset());

  /** Google's client with a token of our own in place of the metadata server's. */
  async function give(attempts?: number): Promise<GivenUp> {
    const { IdTokenClient } = await import("google-auth-library");
    const audiences: string[] = [];
    const ask = runner({ RUNNER_URL: stub.origin }, (targetAudience) => {
      const fetchIdToken = (audience: string) => {
        audiences.push(audience);
        return idToken({ aud: audience });
      };
      return Promise.resolve(
        new IdTokenClient({ targetAudience, idTokenProvider: { fetchIdToken } }),
      );
    });
    const given = await ask(planRequest(), attempts);
    expect(audiences.every((audience) => audience === stub.origin)).to.equal(true);
    return given;
  }

  it("posts the request with a token for the runner's origin", async () => {
    stub.on("POST /give-up", { body: { ok: true, posted: true } });
    expect(await give(50)).to.deep.equal({ kind: "done", posted: true });
    const [request] = stub.requests;
    expect(request?.body).to.deep.equal(
      JSON.parse(JSON.stringify({ ...planRequest(), delivery_attempts: 50 })),
    );
    expect(request?.headers.authorization).to.match(/^Bearer .+\..+\./);
    expect(request?.headers["content-type"]).to.match(/^application\/json/);
  });

  const error = { ok: false, error: { code: "c", message: "Said." } };
  const answers: [status: number, body: object | undefined, given: GivenUp][] = [
    [200, { ok: true, posted: false }, { kind: "done", posted: false }],
    [400, error, { kind: "refused", status: 400, message: "Said." }],
    [422, undefined, { kind: "refused", status: 422, message: "it answered 422" }],
    [401, error, { kind: "unavailable", message: "Said." }],
    [403, undefined, { kind: "unavailable", message: "it answered 403" }],
    [404, undefined, { kind: "unavailable", message: "it answered 404" }],
    [429, error, { kind: "unavailable", message: "Said." }],
    [500, error, { kind: "unavailable", message: "Said." }],
    [503, error, { kind: "unavailable", message: "Said." }],
  ];
  for (const [status, body, given] of answers) {
    it(`takes ${status} for ${given.kind}`, async () => {
      stub.on("POST /give-up", { status, body });
      expect(await give()).to.deep.equal(given);
    });
  }

  it("takes a connection that breaks for unavailable, and tries once", async () => {
    stub.on("POST /give-up", (_request, response) => {
      response.destroy();
      return undefined;
    });
    expect((await give()).kind).to.equal("unavailable");
    expect(stub.lines).to.have.length(1);
  });

  it("takes a token that cannot be had for unavailable", async () => {
    const ask = runner({ RUNNER_URL: stub.origin }, () => Promise.reject(new Error("no token")));
    expect(await ask(planRequest(), undefined)).to.deep.equal({
      kind: "unavailable",
      message: "no token",
    });
  });
});

describe("resultsIn", () => {
  it("knows what has a result", async () => {
    const objects = new ObjectsInMemory();
    expect(await resultsIn(objects)(planRequest())).to.equal(false);
    await objects.create(resultObject(planRequest()), "{}");
    expect(await resultsIn(objects)(planRequest())).to.equal(true);
    expect(await resultsIn(objects)(planRequest({ work: { rerun: "guid" } }))).to.equal(false);
  });
});
