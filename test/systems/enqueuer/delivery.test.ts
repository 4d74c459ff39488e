import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { TestPlatform } from "../../support/platform.ts";
import { attemptsOf, enqueue } from "./stories.ts";
import { enqueuer } from "../../../local/systems/enqueuer/index.ts";

const QUEUE = "projects/switchyard-dev/locations/us-central1/queues/queue-brain";
const BRAIN = "https://brain-223080314602.us-central1.run.app";
const DISPATCHER = "tasks-dispatcher@switchyard-dev.iam.gserviceaccount.com";

interface Delivery {
  readonly path: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program of a person's own, which notes what it gets and answers what it is told. */
class OwnWorker {
  readonly deliveries: Delivery[] = [];
  statuses: number[] = [];
  #server: Server | undefined;

  async start(): Promise<URL> {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const { url: path, rawHeaders, headers } = request;
        this.deliveries.push({ path, rawHeaders, headers, body });
        response.writeHead(this.statuses.shift() ?? 200).end();
      });
    }).listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    return new URL(`http://127.0.0.1:${port}`);
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  last(): Delivery {
    const delivery = this.deliveries.at(-1);
    if (delivery === undefined) throw new Error("Nothing was delivered.");
    return delivery;
  }
}

describe("enqueuer, delivering to a program of one's own", () => {
  const worker = new OwnWorker();
  let p: TestPlatform;

  before(async () => {
    const brain = { option: "--worker", name: "brain", url: await worker.start() };
    p = new TestPlatform({
      attaching: { enqueuer: enqueuer.attaches({ workers: [brain] }) },
    });
    await p.start();
  });
  after(async () => {
    await p.stop();
    worker.stop();
  });

  async function delivered(body: Record<string, unknown> | string): Promise<Delivery> {
    const answer = await p.asDeveloper("enqueuer", "/enqueue", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    await p.settle();
    return worker.last();
  }

  async function addTask(id: string, url: string): Promise<void> {
    const httpRequest = { url, oidcToken: { serviceAccountEmail: DISPATCHER } };
    const task = { name: `${QUEUE}/tasks/${id}`, httpRequest };
    const tasks = `https://cloudtasks.googleapis.com/v2/${QUEUE}/tasks`;
    const added = await p.as("enqueuer-api", tasks, { method: "POST", body: { task } });
    expect(added.status, JSON.stringify(added.body)).to.equal(200);
    await p.settle();
    // The queue's rate may have made it wait.
    await p.advance({ seconds: 1 });
  }

  it("forwards the payload byte for byte: numbers, order, spaces, repetitions, escapes", async () => {
    const payload = String.raw`{ "id":9007199254740993, "2":1.0,"1" : [0.10, 1e-7],
      "name":"\u00f1ñ", "again":1,"again":2 }`;
    const { body } = await delivered(`{"payload": ${payload} ,"service":"brain"}`);
    expect(body).to.equal(payload);
  });

  it("sends the worker's path, type, key and Cloud Tasks' headers", async () => {
    const idempotency_key = "CASE-001-20251106T1615";
    const { path, headers } = await delivered({ service: "brain", payload: {}, idempotency_key });
    expect(path).to.equal("/process");
    expect(headers).to.include({
      host: "brain-223080314602.us-central1.run.app",
      "content-type": "application/json",
      "x-idempotency-key": idempotency_key,
      "user-agent": "Google-Cloud-Tasks",
      "x-cloudtasks-queuename": "queue-brain",
      "x-cloudtasks-taskretrycount": "0",
      "x-cloudtasks-taskexecutioncount": "0",
    });
  });

  it("shows the service the dispatcher's token without its signature", async () => {
    const { headers } = await delivered({ service: "brain", payload: {} });
    const [scheme, token = ""] = (headers.authorization ?? "").split(" ");
    const [, claims = "", signature] = token.split(".");
    expect({ scheme, signature }).to.deep.equal({
      scheme: "Bearer",
      signature: "SIGNATURE_REMOVED_BY_GOOGLE",
    });
    const parsed = JSON.parse(Buffer.from(claims, "base64url").toString()) as unknown;
    expect(parsed).to.include({
      iss: "https://accounts.google.com",
      aud: "https://brain-223080314602.us-central1.run.app",
      email: "tasks-dispatcher@switchyard-dev.iam.gserviceaccount.com",
      email_verified: true,
    });
  });

  it("delivers a task that names no audience: its token's audience is the called URL", async () => {
    await addTask("without-audience", `${BRAIN}/process`);
    expect(attemptsOf(p.log, "without-audience")).to.deep.equal([200]);
  });

  it("refuses such a task where its URL has a query, and the attempt's line says why", async () => {
    await addTask("with-query", `${BRAIN}/process?a=1`);
    const [line] = p.log.filter(({ fields }) => fields?.task === "with-query");
    expect(line?.fields?.status).to.equal(401);
    expect(line?.message).to.contain(
      `refused ${DISPATCHER}: the token's audience is ${BRAIN}/process?a=1, but this service is ${BRAIN}`,
    );
  });

  it("tells a retry what came before it", async () => {
    worker.statuses = [503, 404];
    const { body } = await enqueue(p, { service: "brain", payload: {} });
    const { task } = body as { task: string };
    await p.advance({ seconds: 60 });
    expect(attemptsOf(p.log, task)).to.deep.equal([503, 404, 200]);
    expect(worker.last().headers).to.include({
      "x-cloudtasks-taskretrycount": "2",
      "x-cloudtasks-taskexecutioncount": "1",
      "x-cloudtasks-taskpreviousresponse": "404",
      "x-cloudtasks-taskretryreason": "",
    });
  });

  it("honours a deadline of the request and the alias delay_s", async () => {
    const delay_s = p.aheadSeconds + 100;
    const answer = await enqueue(p, { service: "brain", payload: {}, deadline_s: 20, delay_s });
    expect(answer.body).to.include({ ok: true, deadline_s: 20 });
    const { task } = answer.body as { task: string };
    await p.advance({ seconds: 90 });
    expect(attemptsOf(p.log, task)).to.deep.equal([]);
    await p.advance({ seconds: 20 });
    expect(attemptsOf(p.log, task)).to.deep.equal([200]);
  });

  it("retries while the program is down", async () => {
    worker.stop();
    const { body } = await enqueue(p, { service: "brain", payload: {} });
    await p.settle();
    expect(attemptsOf(p.log, (body as { task: string }).task)).to.deep.equal([503]);
  });
});

describe("enqueuer, with an external worker", () => {
  const external = {
    name: "vision",
    url: "https://vision-abc123-uc.a.run.app/api/see",
    service: "vision-service",
  };
  const p = new TestPlatform({ config: { workers: [external] } });

  before(() => p.start());
  after(() => p.stop());

  it("lets the sample worker answer for it, behind the same invoker check, and says so once", async () => {
    const { body } = await enqueue(p, { service: "vision", payload: {} });
    await p.settle();
    const { task } = body as { task: string };
    expect(attemptsOf(p.log, task)).to.deep.equal([200]);
    const used = p.cloud.feed.usedSince(0).map(({ binding }) => binding.resource);
    expect(used).to.include(
      "projects/switchyard-dev/locations/us-central1/services/vision-service",
    );
    const said = p.log.filter(({ message }) => message.startsWith("vision is an external worker"));
    expect(said).to.have.length(1);
  });
});
