import { expect } from "chai";
import fc from "fast-check";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { text } from "node:stream/consumers";
import { bundle } from "../../../infra/bundle/bundle.ts";
import { ENQUEUER_ENV } from "../../support/enqueuer-env.ts";
import { brokenHttp, malformedRequests } from "../../support/enqueuer-malformed.ts";
import type { MalformedRequest } from "../../support/enqueuer-malformed.ts";
import { RoleProcess } from "../../support/role-process.ts";

const REQUESTS = 10_000;
const BROKEN = 200;
const AT_ONCE = 16;
/** Whoever ends a connection early may find it reset before the answer is read; seldom, or nothing was tested. */
const MAX_UNANSWERED = 0.02;
/** A 4xx in JSON, as it is on the wire. */
const REFUSAL = /^HTTP\/1\.1 4\d\d [^]*content-type: application\/json/i;

describe("the enqueuer's bundle, under Functions Framework", () => {
  let role: RoleProcess;
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

  before(async () => {
    const { folder } = await bundle("enqueuer");
    role = await RoleProcess.start(folder, "enqueuer", ENQUEUER_ENV);
  });

  after(async () => {
    agent.destroy();
    await role.stop("SIGKILL");
  });

  /** What comes back on a connection of its own that ends after these bytes. */
  async function answerTo(bytes: Buffer | string): Promise<string> {
    const socket = net.connect(Number(new URL(role.url).port), "127.0.0.1");
    socket.end(bytes);
    return text(socket);
  }

  async function send({ method, path, headers, body, framing }: MalformedRequest) {
    const { port } = new URL(role.url);
    const length = framing === "length" && { "content-length": body.length };
    const request = http.request({
      agent,
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { ...headers, ...length },
    });
    // Written apart from its end, a body without a length goes out in chunks.
    request.write(body);
    request.end();
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await text(response),
    };
  }

  /** The status; undefined where whoever ended the connection got no answer. */
  async function check(request: MalformedRequest): Promise<number | undefined> {
    if (request.framing === "cut") return checkCut(request);
    const { status, headers, body } = await send(request);
    const sent = `${request.method} ${request.path} ${request.body.toString().slice(0, 300)}`;
    expect(status, sent).to.be.within(400, 499);
    expect(headers["content-type"], sent).to.equal("application/json; charset=utf-8");
    const answer = JSON.parse(body) as Record<string, unknown>;
    expect(answer, sent).to.have.all.keys("ok", "error", "request_id");
    expect(answer.ok, sent).to.equal(false);
    return status;
  }

  async function checkCut({ method, path, headers, body }: MalformedRequest) {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\n${fields.join("")}\r\n`;
    const answer = await answerTo(Buffer.concat([Buffer.from(head), body]));
    if (answer === "") return undefined;
    expect(answer, body.toString()).to.match(REFUSAL);
    return Number(answer.slice("HTTP/1.1 ".length, "HTTP/1.1 400".length));
  }

  it(`refuses ${REQUESTS} malformed requests with a 4xx in the envelope`, async () => {
    const waiting = malformedRequests(REQUESTS, { seed: 3 });
    const framed = Map.groupBy(waiting, ({ framing }) => framing);
    expect([...framed.keys()].sort()).to.deep.equal(["chunked", "cut", "length"]);
    const cut = framed.get("cut")?.length ?? 0;
    const statuses = new Set<number>();
    let unanswered = 0;
    const work = async (): Promise<void> => {
      for (let request = waiting.pop(); request !== undefined; request = waiting.pop()) {
        const status = await check(request);
        if (status === undefined) unanswered += 1;
        else statuses.add(status);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect([...statuses].sort()).to.deep.equal([400, 404, 405, 413, 415, 422]);
    expect(unanswered).to.be.at.most(cut * MAX_UNANSWERED);
  });

  it("answers bytes that are not HTTP with a 4xx, in JSON", async () => {
    let unanswered = 0;
    for (const bytes of fc.sample(brokenHttp, { seed: 3, numRuns: BROKEN })) {
      const answer = await answerTo(bytes);
      // A request line that is cut off by the end of the connection has nobody to answer to.
      if (answer === "") unanswered += 1;
      else expect(answer, bytes.slice(0, 200)).to.match(REFUSAL);
    }
    expect(unanswered).to.be.at.most(BROKEN * MAX_UNANSWERED);
  });

  it("is still there afterwards, and wrote a log line for each refusal", async () => {
    expect((await fetch(`${role.url}/health`)).status).to.equal(200);
    expect(role.entries.every(({ severity }) => severity !== "ERROR")).to.equal(true);
    expect(role.entries.length).to.be.at.least(REQUESTS);
  });

  it("answers 503 with Retry-After to a valid request while Google cannot be reached", async () => {
    const response = await fetch(`${role.url}/enqueue`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ service: "brain", payload: {} }),
    });
    expect(response.status, await response.text()).to.equal(503);
    expect(response.headers.get("retry-after")).to.equal("5");
  });
});
