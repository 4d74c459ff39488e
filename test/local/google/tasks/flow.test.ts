import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { header, type LocalResponse } from "../../../../local/http/message.ts";
import { refusalOf, response } from "../../../support/fake-cloud.ts";
import { LOCATION, QUEUE, URL_BRAIN, queueBrain, seconds } from "./queue-brain.ts";
import type { QueueBrain, Task } from "./queue-brain.ts";

const TASK = { name: `${QUEUE}/tasks/a` };
const MINUTE_BACKOFF = { retryConfig: { minBackoff: seconds(60), maxBackoff: seconds(60) } };

describe("Cloud Tasks flow", () => {
  it("sends a burst and then keeps to the rate", async () => {
    const { cloud, create } = queueBrain({ rateLimits: { maxDispatchesPerSecond: 5 } });
    for (let i = 0; i < 30; i++) await create();
    await cloud.clock.settle();
    expect(cloud.requests).to.have.length(10);
    await cloud.clock.advance({ seconds: 0.199 });
    expect(cloud.requests).to.have.length(10);
    await cloud.clock.advance({ seconds: 0.001 });
    expect(cloud.requests).to.have.length(11);
    await cloud.clock.advance({ seconds: 2 });
    expect(cloud.requests).to.have.length(21);
  });

  it("never exceeds rate and burst in any window, whatever is asked of the queue", async () => {
    const rate = fc.integer({ min: 1, max: 500 });
    const batches = fc.array(fc.record({ count: fc.nat(60), wait: fc.nat(900) }), { maxLength: 8 });
    const check = async (perSecond: number, steps: { count: number; wait: number }[]) => {
      const { cloud, call, create } = queueBrain({
        rateLimits: { maxDispatchesPerSecond: perSecond },
      });
      const { rateLimits } = await call<{ rateLimits: { maxBurstSize: number } }>("GetQueue", {
        name: QUEUE,
      });
      const times: number[] = [];
      cloud.answer = () => {
        times.push(cloud.clock.now());
        return response(times.length % 3 === 0 ? 500 : 200);
      };
      for (const { count, wait } of steps) {
        for (let i = 0; i < count; i++) await create();
        await cloud.clock.advance({ seconds: wait / 1000 });
      }
      times.forEach((from, first) => {
        times.slice(first).forEach((to, index) => {
          const allowed = rateLimits.maxBurstSize + (perSecond * (to - from)) / 1000;
          expect(index + 1).to.be.at.most(allowed + 1e-3);
        });
      });
    };
    await fc.assert(fc.asyncProperty(rate, batches, check), { numRuns: 20 });
  });

  it("has no more attempts under way than maxConcurrentDispatches", async () => {
    const { cloud, create } = queueBrain({ rateLimits: { maxConcurrentDispatches: 2 } });
    const open: ((answer: LocalResponse) => void)[] = [];
    cloud.answer = () => new Promise((resolve) => open.push(resolve));
    for (let i = 0; i < 5; i++) await create();
    const sent: number[] = [];
    for (let i = 0; i < 5; i++) {
      await turn();
      await turn();
      sent.push(cloud.requests.length);
      open.shift()?.(response(200));
    }
    await cloud.clock.settle();
    expect(sent).to.deep.equal([2, 3, 4, 5, 5]);
  });

  it("takes changed limits into account at once", async () => {
    const { cloud, call, simulator, create } = queueBrain({
      rateLimits: { maxDispatchesPerSecond: 0.01 },
    });
    for (let i = 0; i < 30; i++) await create();
    await cloud.clock.settle();
    expect(cloud.requests).to.have.length(10);
    simulator.declareQueue({ name: QUEUE, rateLimits: { maxDispatchesPerSecond: 100 } });
    await cloud.clock.advance({ seconds: 0.1 });
    expect(cloud.requests).to.have.length(20);
    const queue = { name: QUEUE, rateLimits: { maxDispatchesPerSecond: 1 } };
    await call("UpdateQueue", { queue });
    await cloud.clock.advance({ seconds: 2 });
    expect(cloud.requests).to.have.length(22);
  });

  it("holds tasks while paused and sends them when resumed", async () => {
    const { cloud, call, create } = queueBrain();
    expect(await call("PauseQueue", { name: QUEUE })).to.deep.include({ state: "PAUSED" });
    await create("a");
    await cloud.clock.advance({ seconds: 60 });
    expect(cloud.requests).to.have.length(0);
    expect(await call("ResumeQueue", { name: QUEUE })).to.deep.include({ state: "RUNNING" });
    await cloud.clock.settle();
    expect(cloud.requests).to.have.length(1);
  });

  it("drops waiting tasks when purged or deleted, and says when it was purged", async () => {
    for (const method of ["PurgeQueue", "DeleteQueue"]) {
      const { cloud, call, create } = queueBrain();
      for (const ahead of [5, 10]) {
        await create(undefined, { scheduleTime: seconds(cloud.clock.now() / 1000 + ahead) });
      }
      const now = seconds(cloud.clock.now() / 1000);
      const answer = await call<{ purgeTime?: object }>(method, { name: QUEUE });
      expect(answer.purgeTime).to.deep.equal(method === "PurgeQueue" ? now : undefined);
      await cloud.clock.advance({ seconds: 60 });
      expect(cloud.requests).to.have.length(0);
    }
  });

  it("runs a task on demand, whatever schedule, pause and rate say, and answers before its target does", async () => {
    const { cloud, call, create, get } = queueBrain({
      rateLimits: { maxDispatchesPerSecond: 0.001 },
      ...MINUTE_BACKOFF,
    });
    for (let i = 0; i < 10; i++) await create();
    await cloud.clock.settle();
    await call("PauseQueue", { name: QUEUE });
    const now = cloud.clock.now() / 1000;
    await create("a", { scheduleTime: seconds(now + 3600) });
    cloud.answer = () => response(500);
    const ran = await call<Task>("RunTask", TASK);
    expect(ran).to.deep.include({ dispatchCount: 1, responseCount: 0 });
    expect(ran.lastAttempt).to.deep.equal({
      scheduleTime: seconds(now + 3600),
      dispatchTime: seconds(now),
    });
    await cloud.clock.settle();
    expect(cloud.requests).to.have.length(11);
    const failed = await get("a");
    expect([failed.responseCount, failed.scheduleTime]).to.deep.equal([1, seconds(now + 60)]);
    cloud.answer = () => response(200);
    await call("RunTask", TASK);
    await cloud.clock.settle();
    expect((await refusalOf(call("RunTask", TASK))).code).to.equal("NOT_FOUND");
    expect(cloud.requests).to.have.length(12);
  });

  it("counts attempts on demand like any other, and their delay from the demand", async () => {
    const every = { minBackoff: seconds(60), maxBackoff: seconds(3600) };
    const { cloud, call, create, get } = queueBrain({ retryConfig: every });
    cloud.answer = () => response(404);
    await create("a");
    await cloud.clock.settle();
    const slow = Promise.withResolvers<LocalResponse>();
    cloud.answer = () => slow.promise;
    const asked = cloud.clock.now() / 1000;
    await call("RunTask", TASK);
    await turn();
    await cloud.clock.advance({ seconds: 7 });
    slow.resolve(response(500));
    await cloud.clock.settle();
    expect(await get("a")).to.deep.include({
      dispatchCount: 2,
      responseCount: 2,
      scheduleTime: seconds(asked + 120),
    });
    cloud.answer = () => response(200);
    await cloud.clock.advance({ seconds: 113 });
    const counts = ["RetryCount", "ExecutionCount", "PreviousResponse"].map((name) =>
      cloud.requests.map(({ headers }) => header(headers, `X-CloudTasks-Task${name}`)),
    );
    expect(counts).to.deep.equal([
      ["0", "1", "2"],
      ["0", "1", "1"],
      [undefined, "404", "500"],
    ]);
  });

  it("gives up after as many attempts on demand as the queue allows", async () => {
    const { cloud, call, create, messages } = queueBrain({
      retryConfig: { maxAttempts: 2, minBackoff: seconds(60) },
    });
    cloud.answer = () => response(500);
    await create("a");
    await cloud.clock.settle();
    await call("RunTask", TASK);
    await cloud.clock.settle();
    expect(messages().at(-1)).to.equal("queue-brain/a gave up after 2 attempts: 500");
    expect((await refusalOf(call("RunTask", TASK))).code).to.equal("NOT_FOUND");
  });

  it("slows the whole queue down after 429 and 503, longer each time, until something succeeds", async () => {
    for (const status of [429, 503]) {
      const b = queueBrain(MINUTE_BACKOFF);
      const waits: number[] = [];
      for (const answer of [status, status, status, 200, status]) {
        waits.push(await waitAfter(b, response(answer)));
      }
      expect(waits).to.deep.equal([1, 2, 4, 0, 1]);
    }
  });

  it("waits as long as Retry-After asks for, in seconds or as a date, and only after 429 and 503", async () => {
    const header = (value: string): [string, string][] => [["Retry-After", value]];
    expect(await waitAfter(queueBrain(MINUTE_BACKOFF), response(503, header("30")))).to.equal(30);
    expect(await waitAfter(queueBrain(MINUTE_BACKOFF), response(503, header("86400")))).to.equal(
      3600,
    );
    expect(await waitAfter(queueBrain(MINUTE_BACKOFF), response(429, header("soon")))).to.equal(1);
    expect(await waitAfter(queueBrain(MINUTE_BACKOFF), response(500, header("30")))).to.equal(0);
    const date = new Date(Date.now() + 61_000).toUTCString();
    expect(await waitAfter(queueBrain(MINUTE_BACKOFF), response(503, header(date)))).to.be.within(
      58,
      61,
    );
  });

  it("counts answers of one overload once, and other queues not at all", async () => {
    const { cloud, call, create, simulator, messages } = queueBrain();
    const other = `${LOCATION}/queues/other`;
    simulator.declareQueue({ name: other });
    cloud.answer = () => response(503);
    await call("PauseQueue", { name: QUEUE });
    for (let i = 0; i < 20; i++) await create(`t${i}`);
    await call("ResumeQueue", { name: QUEUE });
    await cloud.clock.settle();
    expect(messages()).to.deep.equal(
      Array.from({ length: 20 }, (_, i) => `queue-brain/t${i} attempt 1: 503, next try in 1 s`),
    );
    cloud.answer = () => response(200);
    await call("CreateTask", { parent: other, task: { httpRequest: { url: URL_BRAIN } } });
    await cloud.clock.settle();
    expect(cloud.requests).to.have.length(21);
  });

  it("spends less than half a millisecond of CPU on a task of a queue of 20,000", async function () {
    this.timeout(30_000);
    const { cloud, call, create } = queueBrain();
    const start = process.cpuUsage();
    await call("PauseQueue", { name: QUEUE });
    for (let i = 0; i < 20_000; i++) await create();
    await call("ResumeQueue", { name: QUEUE });
    await cloud.clock.advance({ seconds: 60 });
    expect(cloud.requests).to.have.length(20_000);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000 / 20_000).to.be.below(0.5);
  });
});

/** Seconds that a fresh task has to wait after another one was answered like this. */
async function waitAfter({ cloud, create }: QueueBrain, answer: LocalResponse): Promise<number> {
  cloud.answer = () => answer;
  await create();
  await cloud.clock.settle();
  const start = cloud.clock.now();
  let sentAt = Infinity;
  cloud.answer = () => {
    sentAt = Math.min(sentAt, cloud.clock.now());
    return response(400);
  };
  await create();
  await cloud.clock.advance({ seconds: 3600 });
  return (sentAt - start) / 1000;
}
