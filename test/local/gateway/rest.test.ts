import { expect } from "chai";
import type { TLSSocket } from "node:tls";
import { EMAIL, LOCATION, startSmallCloud, type Seen, type SmallCloud } from "./small-cloud.ts";
import { ask, tlsThrough, type Answer, type Asked } from "./through.ts";

const QUEUE = `${LOCATION}/queues/q`;

describe("REST", () => {
  let cloud: SmallCloud;

  before(async () => {
    cloud = await startSmallCloud();
  });
  after(() => cloud.stop());
  beforeEach(() => {
    cloud.seen.length = 0;
  });

  const connect = (): Promise<TLSSocket> =>
    tlsThrough(cloud.gatewayUrl, "cloudtasks.googleapis.com", cloud);

  async function call(asked: Asked): Promise<Answer> {
    const { token } = cloud.issuer.accessToken({ principal: `serviceAccount:${EMAIL}` });
    const headers = { authorization: `Bearer ${token}`, ...asked.headers };
    return ask(await connect(), { ...asked, headers });
  }

  const seen = (method: string, request: unknown): Seen => ({
    method,
    request,
    principal: `serviceAccount:${EMAIL}`,
  });

  it("gives operations the same objects as gRPC, and answers in proto3's JSON", async () => {
    const answer = await call({
      method: "POST",
      path: `/v2/${QUEUE}/tasks?alt=json&prettyPrint=false&key=k`,
      body: {
        task: {
          httpRequest: { url: "https://a.test/", http_method: "PUT", body: "aGk=" },
          scheduleTime: "2026-01-01T00:00:00.5Z",
          dispatchDeadline: "390.250s",
        },
        responseView: "FULL",
      },
    });

    expect(cloud.seen).to.deep.equal([
      seen("CreateTask", {
        parent: QUEUE,
        responseView: "FULL",
        task: {
          httpRequest: { url: "https://a.test/", httpMethod: "PUT", body: Buffer.from("hi") },
          scheduleTime: { seconds: 1_767_225_600, nanos: 500_000_000 },
          dispatchDeadline: { seconds: 390, nanos: 250_000_000 },
        },
      }),
    ]);
    expect(answer.body).to.deep.equal({
      name: `${QUEUE}/tasks/t`,
      httpRequest: { url: "https://a.test/", httpMethod: "PUT", body: "aGk=" },
      scheduleTime: "2026-01-01T00:00:00.500Z",
      createTime: "2026-01-01T00:00:00.000Z",
      dispatchDeadline: "390.250s",
      dispatchCount: 0,
    });
  });

  it("takes a body that is one field, a path into it, and a field mask from the query", async () => {
    await call({
      method: "PATCH",
      path: `/v2/${QUEUE}?updateMask=retryConfig.maxAttempts,rateLimits`,
      body: { retryConfig: { maxAttempts: 5 }, name: "projects/else" },
    });

    expect(cloud.seen).to.deep.equal([
      seen("UpdateQueue", {
        queue: { name: QUEUE, retryConfig: { maxAttempts: 5 } },
        updateMask: { paths: ["retry_config.max_attempts", "rate_limits"] },
      }),
    ]);
  });

  it("takes fields from the query, written either way", async () => {
    await call({ path: `/v2/${LOCATION}/queues?page_size=3&pageToken=t&filter=state%3DRUNNING` });

    expect(cloud.seen).to.deep.equal([
      seen("ListQueues", {
        parent: LOCATION,
        pageSize: 3,
        pageToken: "t",
        filter: "state=RUNNING",
      }),
    ]);
  });

  it("answers an empty message with an empty object", async () => {
    const answer = await call({ method: "DELETE", path: `/v2/${QUEUE}/tasks/t` });

    expect([answer.status, answer.body]).to.deep.equal([200, {}]);
  });

  const BAD_REQUESTS: readonly [why: string, asked: Asked, message: string][] = [
    [
      "an unknown parameter",
      { path: `/v2/${QUEUE}?nope=1` },
      `Invalid JSON payload received. Unknown name "nope": Cannot bind query parameter. Field 'nope' could not be found in request message.`,
    ],
    [
      "a parameter that every object has by itself",
      { path: `/v2/${QUEUE}?constructor=1` },
      `Invalid JSON payload received. Unknown name "constructor": Cannot bind query parameter. Field 'constructor' could not be found in request message.`,
    ],
    [
      "a name that every object has by itself",
      { method: "POST", path: `/v2/${QUEUE}/tasks`, body: { task: { constructor: {} } } },
      `Invalid JSON payload received. Unknown name "constructor" at 'task': Cannot find field.`,
    ],
    [
      "an unknown name in the body",
      { method: "POST", path: `/v2/${QUEUE}/tasks`, body: { task: { httpReqest: {} } } },
      `Invalid JSON payload received. Unknown name "httpReqest" at 'task': Cannot find field.`,
    ],
    [
      "an unknown value of an enum",
      { method: "POST", path: `/v2/${QUEUE}/tasks`, body: { responseView: "ALL" } },
      `Invalid value at 'responseView' (type.googleapis.com/google.cloud.tasks.v2.Task.View), "ALL"`,
    ],
    [
      "a number that is none",
      { path: `/v2/${LOCATION}/queues?pageSize=many` },
      `Invalid value at 'pageSize' (TYPE_INT32), "many"`,
    ],
    [
      "a message that is none",
      { method: "POST", path: `/v2/${QUEUE}/tasks`, body: { task: "t" } },
      `Invalid value at 'task' (type.googleapis.com/google.cloud.tasks.v2.Task), "t"`,
    ],
  ];
  for (const [why, asked, message] of BAD_REQUESTS) {
    it(`refuses ${why}`, async () => {
      const { status, body } = await call(asked);
      const { error } = body as { error: { code: number; status: string; message: string } };

      expect([status, error.code, error.status]).to.deep.equal([400, 400, "INVALID_ARGUMENT"]);
      expect(error.message).to.equal(message);
      expect(cloud.seen).to.deep.equal([]);
    });
  }

  it("refuses what is no JSON, a bad percent-escape and a bad duration with 400, never 500", async () => {
    const bodies = await Promise.all([
      call({ path: `/v2/${LOCATION}/queues/%zz` }),
      call({ path: "*" }),
      call({
        path: `/v2/${QUEUE}/tasks`,
        method: "POST",
        body: { task: { dispatchDeadline: "x" } },
      }),
      call({ path: `/v2/${QUEUE}/tasks`, method: "POST", body: [] }),
    ]);

    expect(bodies.map(({ status }) => status)).to.deep.equal([400, 400, 400, 400]);
  });

  for (const parameter of ["fields=name", "$fields=name", "alt=proto"]) {
    it(`refuses ${parameter}, which it does not honour`, async () => {
      const { status, body } = await call({ path: `/v2/${QUEUE}?${parameter}` });
      const { error } = body as { error: { message: string } };

      expect(status).to.equal(501);
      expect(error.message).to.include(parameter.replace("$", ""));
      expect(cloud.seen).to.deep.equal([]);
    });
  }

  it("tells a missing token from a bad one", async () => {
    const missing = await ask(await connect(), { path: `/v2/${QUEUE}` });
    const bad = await call({ path: `/v2/${QUEUE}`, headers: { authorization: "Bearer ya29.x" } });
    const tail =
      "Expected OAuth 2 access token, login cookie or other valid authentication credential. " +
      "See https://developers.google.com/identity/sign-in/web/devconsole-project.";

    expect(missing.body).to.deep.equal({
      error: {
        code: 401,
        message: `Request is missing required authentication credential. ${tail}`,
        status: "UNAUTHENTICATED",
      },
    });
    expect(bad.body).to.deep.equal({
      error: {
        code: 401,
        message: `Request had invalid authentication credentials. ${tail}`,
        status: "UNAUTHENTICATED",
      },
    });
    expect(bad.headers["www-authenticate"]).to.equal('Bearer realm="https://accounts.google.com/"');
    const said = cloud.logs.filter(({ source }) => source === "iam").map(({ message }) => message);
    const called = "refused: a call of google.cloud.tasks.v2.CloudTasks.GetQueue";
    expect(said.slice(-2)).to.deep.equal([
      `${called}: no access token came with it.`,
      `${called}: its access token is not good.`,
    ]);
  });

  it("does not take an ID token for an access token", async () => {
    const token = await cloud.issuer.idToken({ email: EMAIL, audience: "https://a.test" });
    const headers = { authorization: `Bearer ${token}` };

    expect((await call({ path: `/v2/${QUEUE}`, headers })).status).to.equal(401);
  });

  it("carries the details of a refusal", async () => {
    const { status, body } = await call({ path: `/v2/${LOCATION}/queues/forbidden` });

    expect(status).to.equal(403);
    expect(body).to.deep.equal({
      error: {
        code: 403,
        message: "no cloudtasks.GetQueue",
        status: "PERMISSION_DENIED",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: "IAM_PERMISSION_DENIED",
            domain: "iam.googleapis.com",
            metadata: { permission: "cloudtasks.GetQueue" },
          },
        ],
      },
    });
    expect(cloud.seen).to.deep.equal([]);
  });

  const UNKNOWN: readonly [asked: Asked, name: string][] = [
    [{ method: "POST", path: `/v2/${QUEUE}:pause` }, "google.cloud.tasks.v2.CloudTasks.PauseQueue"],
    [
      { path: `/v2/projects/demo/locations` },
      "GET https://cloudtasks.googleapis.com/v2/projects/demo/locations",
    ],
    [{ path: `/v2/${QUEUE}:purge` }, `GET https://cloudtasks.googleapis.com/v2/${QUEUE}:purge`],
  ];
  for (const [asked, name] of UNKNOWN) {
    it(`names what it does not implement: ${name}`, async () => {
      const { status, body } = await call(asked);

      expect(status).to.equal(501);
      expect(body).to.deep.equal({
        error: {
          code: 501,
          message: `The local cloud does not implement ${name}.`,
          status: "UNIMPLEMENTED",
        },
      });
    });
  }
});
