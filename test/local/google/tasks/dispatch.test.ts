import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { bodyOf, header } from "../../../../local/http/message.ts";
import type { LocalResponse } from "../../../../local/http/message.ts";
import { refusalOf, response } from "../../../support/fake-cloud.ts";
import { QUEUE, URL_BRAIN, queueBrain, seconds } from "./queue-brain.ts";

const DISPATCHER = "tasks-dispatcher@switchyard-dev.iam.gserviceaccount.com";
const AGENT = "service-223080314602@gcp-sa-cloudtasks.iam.gserviceaccount.com";
const TASK = { name: `${QUEUE}/tasks/a` };
const NEVER = (): Promise<LocalResponse> => new Promise(() => undefined);

describe("Cloud Tasks dispatch", () => {
  it("tells the whole story: due, refused twice, done, one line each", async () => {
    const { cloud, create, get } = queueBrain();
    const answers = [500, 502, 204];
    cloud.answer = () => response(answers.shift() ?? 200);
    const start = cloud.clock.now();
    await create("a", {
      scheduleTime: seconds(start / 1000 + 30),
      httpRequest: {
        url: URL_BRAIN,
        body: Buffer.from("payload"),
        headers: { "Content-Type": "text/plain" },
      },
    });
    await cloud.clock.advance({ seconds: 29.999 });
    expect(cloud.requests).to.deep.equal([]);
    await cloud.clock.advance({ seconds: 0.101 });
    const attempt = { dispatchTime: seconds(start / 1000 + 30.1) };
    const at = seconds(start / 1000 + 30.1);
    expect(await get("a")).to.deep.include({
      dispatchCount: 2,
      responseCount: 2,
      scheduleTime: seconds(start / 1000 + 30.3),
      firstAttempt: { dispatchTime: seconds(start / 1000 + 30) },
      lastAttempt: {
        ...attempt,
        scheduleTime: at,
        responseTime: at,
        responseStatus: { code: 2, message: "HTTP status code 502" },
      },
    });
    await cloud.clock.advance({ seconds: 1 });
    expect(cloud.lines).to.deep.equal([
      {
        source: "cloudtasks",
        severity: "WARNING",
        message: "queue-brain/a attempt 1: 500, next try in 0.1 s",
        fields: { queue: "queue-brain", task: "a", attempt: 1, status: 500, next_try_s: 0.1 },
      },
      {
        source: "cloudtasks",
        severity: "WARNING",
        message: "queue-brain/a attempt 2: 502, next try in 0.2 s",
        fields: { queue: "queue-brain", task: "a", attempt: 2, status: 502, next_try_s: 0.2 },
      },
      {
        source: "cloudtasks",
        severity: "INFO",
        message: "queue-brain/a attempt 3: 204, done",
        fields: { queue: "queue-brain", task: "a", attempt: 3, status: 204 },
      },
    ]);
    const [request] = cloud.requests;
    expect([request?.method, request?.url.href]).to.deep.equal(["POST", URL_BRAIN]);
    expect(request && (await bodyOf(request)).toString()).to.equal("payload");
    expect((await refusalOf(get("a"))).code).to.equal("NOT_FOUND");
  });

  it("sends a task's own headers as spelled, but none of those that Cloud Tasks computes or keeps", async () => {
    const { cloud, create } = queueBrain();
    const headers = {
      "X-Idempotency-Key": "k",
      "content-TYPE": "application/json",
      "user-agent": "mine",
      Host: "elsewhere",
      "Content-Length": "3",
      "Transfer-Encoding": "chunked",
      "X-Google-Thing": "1",
      "x-appengine-queuename": "1",
      "x-cloudtasks-taskpreviousresponse": "200",
      authorization: "Basic own",
    };
    await create("a", { httpRequest: { url: URL_BRAIN, headers } });
    await cloud.clock.settle();
    const eta = `${cloud.clock.now() / 1000}.000000`;
    expect(cloud.requests[0]?.headers).to.deep.equal([
      ["X-Idempotency-Key", "k"],
      ["content-TYPE", "application/json"],
      ["authorization", "Basic own"],
      ["User-Agent", "Google-Cloud-Tasks"],
      ["X-CloudTasks-QueueName", "queue-brain"],
      ["X-CloudTasks-TaskName", "a"],
      ["X-CloudTasks-TaskRetryCount", "0"],
      ["X-CloudTasks-TaskExecutionCount", "0"],
      ["X-CloudTasks-TaskETA", eta],
    ]);
  });

  it("sends the body as it was when the task was created", async () => {
    const { cloud, create } = queueBrain();
    const message = Buffer.from("a message with its body");
    await create("a", { httpRequest: { url: URL_BRAIN, body: message.subarray(2, 9) } });
    message.fill(0);
    await cloud.clock.settle();
    const [request] = cloud.requests;
    expect(request && (await bodyOf(request)).toString()).to.equal("message");
  });

  it("signs as the task's account, with its audience or else the whole URL", async () => {
    const { cloud, create } = queueBrain();
    cloud.accounts.add(DISPATCHER);
    for (const audience of ["https://brain", null]) {
      const oidcToken = { serviceAccountEmail: DISPATCHER, audience };
      const headers = { authorization: "Basic own" };
      await create(undefined, { httpRequest: { url: URL_BRAIN, headers, oidcToken } });
    }
    await cloud.clock.settle();
    const sent = cloud.requests.map(({ headers }) =>
      headers.filter(([name]) => /^authorization$/i.test(name)),
    );
    expect(sent).to.deep.equal([
      [["Authorization", `Bearer token of ${DISPATCHER} for https://brain`]],
      [["Authorization", `Bearer token of ${DISPATCHER} for ${URL_BRAIN}`]],
    ]);
    expect(cloud.questions.at(-1)).to.deep.equal({
      principal: `serviceAccount:${AGENT}`,
      permission: "iam.serviceAccounts.getOpenIdToken",
      resource: `projects/switchyard-dev/serviceAccounts/${DISPATCHER}`,
    });
  });

  it("sends nothing without the right to sign, says why, and tries again", async () => {
    const { cloud, create, get, messages } = queueBrain({
      retryConfig: { minBackoff: seconds(1) },
    });
    cloud.accounts.add(DISPATCHER);
    cloud.refused.add("iam.serviceAccounts.getOpenIdToken");
    const oidcToken = { serviceAccountEmail: DISPATCHER };
    await create("a", { httpRequest: { url: URL_BRAIN, oidcToken } });
    await cloud.clock.settle();
    const why = `serviceAccount:${AGENT} lacks iam.serviceAccounts.getOpenIdToken on projects/switchyard-dev/serviceAccounts/${DISPATCHER}`;
    const task = await get("a");
    expect([task.dispatchCount, task.responseCount]).to.deep.equal([1, 0]);
    expect(task.lastAttempt?.responseStatus).to.deep.equal({
      code: 7,
      message: `PERMISSION_DENIED: ${why}`,
    });
    expect([cloud.requests.length, messages()]).to.deep.equal([
      0,
      [`queue-brain/a attempt 1: no answer (${why}), next try in 1 s`],
    ]);
    cloud.refused.clear();
    await cloud.clock.advance({ seconds: 1 });
    expect(
      cloud.requests.map(({ headers }) => header(headers, "X-CloudTasks-TaskPreviousResponse")),
    ).to.deep.equal(["504"]);
  });

  it("makes a delivery that the target's IAM refused plain in the log", async () => {
    const { cloud, create, messages } = queueBrain({ retryConfig: { maxAttempts: 1 } });
    cloud.accounts.add(DISPATCHER);
    cloud.answer = () => response(403);
    const oidcToken = { serviceAccountEmail: DISPATCHER };
    await create("a", { httpRequest: { url: URL_BRAIN, oidcToken } });
    await cloud.clock.settle();
    expect(messages()).to.deep.equal([
      `queue-brain/a gave up after 1 attempt: 403, brain-223080314602.us-central1.run.app refused ${DISPATCHER}`,
    ]);
  });

  it("says why the target's front end refused it, where that is known", async () => {
    const { cloud, create, messages } = queueBrain({ retryConfig: { maxAttempts: 1 } });
    cloud.accounts.add(DISPATCHER);
    cloud.answer = () => ({ ...response(401), why: "the audience is another's" });
    const oidcToken = { serviceAccountEmail: DISPATCHER };
    await create("a", { httpRequest: { url: URL_BRAIN, oidcToken } });
    await cloud.clock.settle();
    expect(messages()).to.deep.equal([
      `queue-brain/a gave up after 1 attempt: 401, brain-223080314602.us-central1.run.app refused ${DISPATCHER}: the audience is another's`,
    ]);
  });

  it("ends an attempt at its dispatch deadline, and calls the next one's previous response 504", async () => {
    const { cloud, create, messages } = queueBrain();
    cloud.answer = NEVER;
    await create("a", { dispatchDeadline: seconds(15) });
    await turn();
    const [first] = cloud.requests;
    expect(first?.signal?.aborted).to.equal(false);
    cloud.answer = () => response(200);
    await cloud.clock.advance({ seconds: 15.1 });
    expect(first?.signal?.aborted).to.equal(true);
    expect(messages()).to.deep.equal([
      "queue-brain/a attempt 1: no answer (nothing within 15 s), next try in 0.1 s",
      "queue-brain/a attempt 2: 200, done",
    ]);
    const names = ["RetryCount", "ExecutionCount", "PreviousResponse", "RetryReason"];
    const retry = cloud.requests[1]?.headers ?? [];
    expect(names.map((name) => header(retry, `X-CloudTasks-Task${name}`))).to.deep.equal([
      "1",
      "0",
      "504",
      "",
    ]);
  });

  it("counts a broken connection and a broken answer as no answer", async () => {
    const { cloud, create, messages } = queueBrain({ retryConfig: { maxAttempts: 1 } });
    const broken = new Readable({
      read() {
        this.destroy(new Error("cut off"));
      },
    });
    const answers = [Promise.reject(new Error("ECONNREFUSED")), { ...response(200), body: broken }];
    cloud.answer = () => answers.shift() ?? response(200);
    await create("a");
    await create("b");
    await cloud.clock.settle();
    expect(messages().sort()).to.deep.equal([
      "queue-brain/a gave up after 1 attempt: no answer (ECONNREFUSED)",
      "queue-brain/b gave up after 1 attempt: no answer (cut off)",
    ]);
  });

  it("reads a streamed answer to its end", async () => {
    const { cloud, create, messages } = queueBrain();
    const body = Readable.from([Buffer.from("a"), Buffer.from("b")]);
    cloud.answer = () => ({ ...response(200), body });
    await create("a");
    await cloud.clock.settle();
    expect([messages(), body.readableEnded]).to.deep.equal([
      ["queue-brain/a attempt 1: 200, done"],
      true,
    ]);
  });

  it("throws a streamed answer away while it comes", async () => {
    const { cloud, create, messages } = queueBrain();
    const chunk = Buffer.alloc(64 * 1024);
    let left = 1000;
    let most = 0;
    const body = new Readable({
      read() {
        most = Math.max(most, this.readableLength);
        this.push(left-- > 0 ? chunk : null);
      },
    });
    cloud.answer = () => ({ ...response(200), body });
    await create("a");
    await cloud.clock.settle();
    expect(messages()).to.deep.equal(["queue-brain/a attempt 1: 200, done"]);
    expect(most).to.be.lessThan(4 * chunk.length);
  });

  it("lets go of an answer that is not at its end by the dispatch deadline", async () => {
    const { cloud, create, messages } = queueBrain({ retryConfig: { maxAttempts: 1 } });
    const body = new Readable({ read: () => undefined });
    body.push("the beginning");
    cloud.answer = () => ({ ...response(200), body });
    await create("a", { dispatchDeadline: seconds(15) });
    await turn();
    await cloud.clock.advance({ seconds: 15 });
    expect([messages(), body.destroyed]).to.deep.equal([
      ["queue-brain/a gave up after 1 attempt: no answer (nothing within 15 s)"],
      true,
    ]);
  });

  it("lets go of an answer that comes after the deadline", async () => {
    const { cloud, create } = queueBrain({ retryConfig: { maxAttempts: 1 } });
    const late = Promise.withResolvers<LocalResponse>();
    cloud.answer = () => late.promise;
    await create("a", { dispatchDeadline: seconds(15) });
    await turn();
    await cloud.clock.advance({ seconds: 15 });
    const body = new Readable({ read: () => undefined });
    late.resolve({ ...response(200), body });
    await turn();
    expect(body.destroyed).to.equal(true);
  });

  it("gives up after maxAttempts, with an error in the log, and forgets the task", async () => {
    const { cloud, create, get } = queueBrain({ retryConfig: { maxAttempts: 3 } });
    cloud.answer = () => response(500);
    await create("a");
    await cloud.clock.advance({ seconds: 60 });
    expect(cloud.requests).to.have.length(3);
    expect(cloud.lines.at(-1)).to.deep.equal({
      source: "cloudtasks",
      severity: "ERROR",
      message: "queue-brain/a gave up after 3 attempts: 500",
      fields: { queue: "queue-brain", task: "a", attempt: 3, status: 500 },
    });
    expect((await refusalOf(get("a"))).code).to.equal("NOT_FOUND");
  });

  it("goes on past maxAttempts until maxRetryDuration has passed too", async () => {
    const every = { minBackoff: seconds(2), maxBackoff: seconds(2) };
    const { cloud, create } = queueBrain({
      retryConfig: { ...every, maxAttempts: 2, maxRetryDuration: seconds(9) },
    });
    cloud.answer = () => response(500);
    await create("a");
    await cloud.clock.advance({ seconds: 60 });
    // At 0, 2, 4, 6, 8 s both limits are not yet reached; at 10 s they are.
    expect(cloud.requests).to.have.length(6);
  });

  it("forgets a task that is deleted while its attempt is under way", async () => {
    const { cloud, call, create, messages } = queueBrain();
    const gate = Promise.withResolvers<LocalResponse>();
    cloud.answer = () => gate.promise;
    await create("a");
    await turn();
    await call("DeleteTask", TASK);
    gate.resolve(response(500));
    await cloud.clock.advance({ seconds: 3600 });
    expect([cloud.requests.length, messages()]).to.deep.equal([
      1,
      ["queue-brain/a attempt 1: 500, but the task is gone from its queue"],
    ]);
  });

  it("runs a task that is under way a second time on demand; the first success ends it", async () => {
    const { cloud, call, create, messages } = queueBrain();
    const open: ((answer: LocalResponse) => void)[] = [];
    cloud.answer = () => new Promise((resolve) => open.push(resolve));
    await create("a");
    await turn();
    await call("RunTask", TASK);
    await turn();
    expect(cloud.requests).to.have.length(2);
    open[1]?.(response(200));
    await turn();
    open[0]?.(response(500));
    await cloud.clock.advance({ seconds: 3600 });
    expect([cloud.requests.length, messages()]).to.deep.equal([
      2,
      [
        "queue-brain/a attempt 2: 200, done",
        "queue-brain/a attempt 1: 500, but the task is gone from its queue",
      ],
    ]);
  });

  it("tries again exactly when the queue's backoff says, for any backoff", async () => {
    const config = fc.record({
      min: fc.nat(100_000),
      above: fc.nat(1_000_000),
      maxDoublings: fc.nat(6),
    });
    const check = async ({
      min,
      above,
      maxDoublings,
    }: {
      min: number;
      above: number;
      maxDoublings: number;
    }) => {
      const maxAttempts = 9;
      const bounds = { minBackoff: seconds(min / 1000), maxBackoff: seconds((min + above) / 1000) };
      const { cloud, create } = queueBrain({
        retryConfig: { ...bounds, maxDoublings, maxAttempts },
      });
      const times: number[] = [];
      cloud.answer = () => {
        times.push(cloud.clock.now());
        return response(500);
      };
      await create();
      await cloud.clock.advance({ seconds: 8 * 1100 });
      const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      let wait = min;
      const expected = waits.map((_, index) => {
        const due = Math.min(wait, min + above);
        wait = index < maxDoublings ? wait * 2 : wait + min * 2 ** maxDoublings;
        return due;
      });
      expect([times.length, waits]).to.deep.equal([maxAttempts, expected]);
    };
    await fc.assert(fc.asyncProperty(config, check), { numRuns: 30 });
  });

  it("sends nothing more after stop, and ends what is under way", async () => {
    const { cloud, call, simulator, create, messages } = queueBrain();
    cloud.answer = NEVER;
    await create("a");
    await create("c", { scheduleTime: seconds(cloud.clock.now() / 1000 + 10) });
    await turn();
    simulator.stop();
    await create("b");
    await call("RunTask", { name: `${QUEUE}/tasks/b` });
    await cloud.clock.advance({ seconds: 3600 });
    expect(cloud.requests.map(({ signal }) => signal?.aborted)).to.deep.equal([true]);
    expect(messages()).to.deep.equal([]);
  });
});
