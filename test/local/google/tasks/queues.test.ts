import { expect } from "chai";
import { callMethod, refusalOf } from "../../../support/fake-cloud.ts";
import { LOCATION, QUEUE, queueBrain, seconds } from "./queue-brain.ts";
import type { Queue } from "./queue-brain.ts";

const DEFAULTS = {
  rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
  retryConfig: {
    maxAttempts: 100,
    maxRetryDuration: seconds(0),
    minBackoff: seconds(0.1),
    maxBackoff: seconds(3600),
    maxDoublings: 16,
  },
  state: "RUNNING",
};

describe("Cloud Tasks queues", () => {
  it("start with the service's defaults, whether fields are unset, null or zero on the wire", async () => {
    const { call } = queueBrain();
    const bare = { name: `${LOCATION}/queues/bare` };
    const empty = {
      name: `${LOCATION}/queues/empty`,
      rateLimits: { maxDispatchesPerSecond: 0, maxConcurrentDispatches: null },
      retryConfig: { maxAttempts: 0, minBackoff: null },
      stackdriverLoggingConfig: null,
    };
    for (const queue of [bare, empty]) {
      const created = await call("CreateQueue", { parent: LOCATION, queue });
      expect(created).to.deep.equal({ ...DEFAULTS, name: queue.name });
      expect(await call("GetQueue", { name: queue.name })).to.deep.equal(created);
    }
  });

  it("keep the settings they are declared with, and take new ones at once", async () => {
    const { call, simulator } = queueBrain({
      rateLimits: { maxDispatchesPerSecond: 5, maxConcurrentDispatches: 50 },
      retryConfig: { maxDoublings: 0, maxRetryDuration: seconds(4.9) },
      stackdriverLoggingConfig: { samplingRatio: 1 },
    });
    expect(await call("GetQueue", { name: QUEUE })).to.deep.equal({
      ...DEFAULTS,
      name: QUEUE,
      rateLimits: { maxDispatchesPerSecond: 5, maxBurstSize: 10, maxConcurrentDispatches: 50 },
      retryConfig: { ...DEFAULTS.retryConfig, maxDoublings: 0, maxRetryDuration: seconds(4) },
      stackdriverLoggingConfig: { samplingRatio: 1 },
    });
    simulator.declareQueue({ name: QUEUE });
    expect(await call("GetQueue", { name: QUEUE })).to.deep.equal({ ...DEFAULTS, name: QUEUE });
  });

  it("change only what the mask names, in either spelling, and everything without a mask", async () => {
    const { call } = queueBrain({ retryConfig: { maxAttempts: 7, maxDoublings: 3 } });
    const update = (queue: Queue, ...paths: string[]): Promise<Queue> =>
      call("UpdateQueue", { queue: { name: QUEUE, ...queue }, updateMask: { paths } });
    const rate = { rateLimits: { maxDispatchesPerSecond: 50, maxConcurrentDispatches: 9 } };
    const first = await update(rate, "rate_limits.max_dispatches_per_second");
    expect(first.rateLimits).to.deep.equal({
      ...DEFAULTS.rateLimits,
      maxDispatchesPerSecond: 50,
      maxBurstSize: 10,
    });
    const second = await update(rate, "rateLimits", "retryConfig.maxAttempts");
    expect(second.rateLimits).to.deep.equal({ ...rate.rateLimits, maxBurstSize: 10 });
    expect(second.retryConfig).to.deep.equal({ ...DEFAULTS.retryConfig, maxDoublings: 3 });
    expect(await update({ state: "PAUSED" })).to.deep.equal({ ...DEFAULTS, name: QUEUE });
    const ignored = { state: "PAUSED", purgeTime: seconds(1) } as const;
    expect(await update(ignored, "state", "purge_time")).to.deep.equal({
      ...DEFAULTS,
      name: QUEUE,
    });
    const wrong = await refusalOf(update({}, "retry_config.max_tries"));
    expect(wrong.message).to.equal("Invalid field in update_mask: retry_config.max_tries.");
  });

  it("are created by an update where there are none, unless the name was deleted lately", async () => {
    const { call } = queueBrain();
    const queue = { name: `${LOCATION}/queues/new` };
    expect(await call("UpdateQueue", { queue })).to.deep.equal({ ...DEFAULTS, ...queue });
    await call("DeleteQueue", queue);
    expect((await refusalOf(call("UpdateQueue", { queue }))).code).to.equal("FAILED_PRECONDITION");
  });

  it("free their name 7 days after their deletion, and at once for the plan", async () => {
    const { call, cloud, simulator } = queueBrain();
    const create = (): Promise<unknown> =>
      call("CreateQueue", { parent: LOCATION, queue: { name: QUEUE } });
    simulator.removeQueue(QUEUE);
    simulator.removeQueue(`${LOCATION}/queues/never-was`);
    await cloud.clock.advance({ seconds: 7 * 86_400 - 1 });
    expect((await refusalOf(create())).code).to.equal("FAILED_PRECONDITION");
    await cloud.clock.advance({ seconds: 1 });
    await create();
    simulator.removeQueue(QUEUE);
    simulator.declareQueue({ name: QUEUE });
    expect(await call("GetQueue", { name: QUEUE })).to.deep.equal({ ...DEFAULTS, name: QUEUE });
  });

  it("are listed by name, page by page, with tokens that last two hours", async () => {
    const { call, cloud, simulator } = queueBrain();
    for (const id of ["c", "a", "b"]) simulator.declareQueue({ name: `${LOCATION}/queues/${id}` });
    simulator.declareQueue({ name: "projects/switchyard-dev/locations/europe-west1/queues/far" });
    interface Listed {
      queues: Queue[];
      nextPageToken?: string;
    }
    const list = (page: object): Promise<Listed> =>
      call("ListQueues", { parent: LOCATION, ...page });
    const ids = ({ queues }: Listed): string[] =>
      queues.map(({ name }) => name?.split("/").at(-1) ?? "");
    const all = await list({ filter: "" });
    expect([ids(all), all.nextPageToken]).to.deep.equal([
      ["a", "b", "c", "queue-brain"],
      undefined,
    ]);
    const first = await list({ pageSize: 3 });
    expect(ids(first)).to.deep.equal(["a", "b", "c"]);
    const next = { pageSize: 3, pageToken: first.nextPageToken };
    const second = await list(next);
    expect([ids(second), second.nextPageToken]).to.deep.equal([["queue-brain"], undefined]);
    await cloud.clock.advance({ seconds: 7200 });
    for (const pageToken of [next.pageToken, "nonsense"]) {
      const refusal = await refusalOf(list({ pageToken }));
      expect(refusal.message).to.equal("The page_token is invalid or older than 2 hours.");
    }
  });

  it("refuse by name what would be silently ignored", async () => {
    const { call } = queueBrain();
    const create = (field: object): Promise<unknown> =>
      call("CreateQueue", { parent: LOCATION, queue: { name: `${LOCATION}/queues/x`, ...field } });
    const refusals = [
      await refusalOf(create({ appEngineRoutingOverride: { service: "a" } })),
      await refusalOf(create({ httpTarget: { httpMethod: "GET" } })),
      await refusalOf(create({ rateLimits: { maxDispatches: 3 } })),
      await refusalOf(call("ListQueues", { parent: LOCATION, filter: "state: PAUSED" })),
    ];
    expect(refusals.map(({ code, message }) => [code, message.split(" ")[0]])).to.deep.equal([
      ["UNIMPLEMENTED", "Queue.appEngineRoutingOverride"],
      ["UNIMPLEMENTED", "Queue.httpTarget"],
      ["UNIMPLEMENTED", "RateLimits.maxDispatches"],
      ["UNIMPLEMENTED", "ListQueuesRequest.filter"],
    ]);
  });

  it("are asked for with the permission and the resource of each method", async () => {
    const { cloud, simulator } = queueBrain();
    const asked: Record<string, string> = {};
    const task = { name: `${QUEUE}/tasks/a` };
    const requests: Record<string, object> = {
      ListQueues: { parent: LOCATION },
      GetQueue: { name: QUEUE },
      CreateQueue: { parent: LOCATION },
      UpdateQueue: { queue: { name: QUEUE } },
      DeleteQueue: { name: QUEUE },
      PurgeQueue: { name: QUEUE },
      PauseQueue: { name: QUEUE },
      ResumeQueue: { name: QUEUE },
      GetIamPolicy: { resource: QUEUE },
      ListTasks: { parent: QUEUE },
      GetTask: task,
      CreateTask: { parent: QUEUE },
      DeleteTask: task,
      RunTask: task,
    };
    for (const [name, request] of Object.entries(requests)) {
      const permission = simulator.methods[name]?.needs(request as never)[0]?.permission ?? "";
      cloud.refused.add(permission);
      await refusalOf(callMethod(simulator, cloud, name, request));
      asked[name] = `${permission} on ${cloud.questions.at(-1)?.resource ?? ""}`;
    }
    expect(asked).to.deep.equal({
      ListQueues: `cloudtasks.queues.list on ${LOCATION}`,
      GetQueue: `cloudtasks.queues.get on ${QUEUE}`,
      CreateQueue: `cloudtasks.queues.create on ${LOCATION}`,
      UpdateQueue: `cloudtasks.queues.update on ${QUEUE}`,
      DeleteQueue: `cloudtasks.queues.delete on ${QUEUE}`,
      PurgeQueue: `cloudtasks.queues.purge on ${QUEUE}`,
      PauseQueue: `cloudtasks.queues.pause on ${QUEUE}`,
      ResumeQueue: `cloudtasks.queues.resume on ${QUEUE}`,
      GetIamPolicy: `cloudtasks.queues.getIamPolicy on ${QUEUE}`,
      ListTasks: `cloudtasks.tasks.list on ${QUEUE}`,
      GetTask: `cloudtasks.tasks.get on ${QUEUE}`,
      CreateTask: `cloudtasks.tasks.create on ${QUEUE}`,
      DeleteTask: `cloudtasks.tasks.delete on ${QUEUE}`,
      RunTask: `cloudtasks.tasks.run on ${QUEUE}`,
    });
    const askNothing = ["SetIamPolicy", "TestIamPermissions"];
    expect(Object.keys(simulator.methods)).to.have.members([
      ...Object.keys(requests),
      ...askNothing,
    ]);
  });
});
