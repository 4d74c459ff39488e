import { protos } from "@google-cloud/tasks";
import { expect } from "chai";
import { refusalOf, response } from "../../../support/fake-cloud.ts";
import { QUEUE, URL_BRAIN, queueBrain, seconds } from "./queue-brain.ts";
import type { Queue, Task } from "./queue-brain.ts";

const DISPATCHER = "tasks-dispatcher@switchyard-dev.iam.gserviceaccount.com";
const WITH_TOKEN = {
  httpRequest: { url: URL_BRAIN, oidcToken: { serviceAccountEmail: DISPATCHER } },
};

describe("Cloud Tasks tasks", () => {
  it("get a random id, POST, ten minutes and the current time where nothing is said", async () => {
    const { cloud, call, create } = queueBrain();
    await call("PauseQueue", { name: QUEUE });
    await cloud.clock.advance({ seconds: 1.234567 });
    const task = await create();
    const now = cloud.clock.now() / 1000;
    const id = task.name?.split("/").at(-1) ?? "";
    expect(id).to.match(/^[0-9]{5,20}$/);
    expect(task).to.deep.equal({
      name: `${QUEUE}/tasks/${id}`,
      httpRequest: {
        url: URL_BRAIN,
        httpMethod: "POST",
        headers: { "User-Agent": "Google-Cloud-Tasks" },
      },
      scheduleTime: { seconds: Math.floor(now), nanos: 234_567_000 },
      createTime: { seconds: Math.floor(now), nanos: 0 },
      dispatchDeadline: seconds(600),
      dispatchCount: 0,
      responseCount: 0,
      view: "BASIC",
    });
  });

  it("keep schedule times to the microsecond, and turn past ones into now", async () => {
    const { cloud, call, create } = queueBrain();
    await call("PauseQueue", { name: QUEUE });
    const now = cloud.clock.now() / 1000;
    const later = await create("a", { scheduleTime: { seconds: now + 5, nanos: 123_456_789 } });
    const earlier = await create("b", { scheduleTime: { seconds: now - 5 } });
    expect([later.scheduleTime, earlier.scheduleTime]).to.deep.equal([
      { seconds: now + 5, nanos: 123_456_000 },
      seconds(now),
    ]);
  });

  it("are refused outside Cloud Tasks' limits and accepted on them", async () => {
    const { cloud, call, create } = queueBrain();
    await call("PauseQueue", { name: QUEUE });
    const http = (request: object): Task => ({ httpRequest: { url: URL_BRAIN, ...request } });
    const schedule = (ahead: number): Task => ({
      scheduleTime: seconds(cloud.clock.now() / 1000 + ahead),
    });
    const month = 720 * 3600;
    const path = `${new URL(URL_BRAIN).origin}/`;
    const good: Task[] = [
      schedule(month),
      { dispatchDeadline: seconds(15) },
      { dispatchDeadline: seconds(1800) },
      http({ url: path.padEnd(2083, "x") }),
      http({ headers: { x: "y".repeat(80 * 1024 - 2) } }),
      http({ httpMethod: "PATCH", body: Buffer.from("x") }),
      http({ httpMethod: "GET", body: Buffer.alloc(0) }),
      http({ httpMethod: "HTTP_METHOD_UNSPECIFIED" }),
    ];
    for (const task of good) await create(undefined, task);
    const bad: [Task, string][] = [
      [
        schedule(month + 1),
        "too far in the future. Schedule time must be no more than 720h in the future.",
      ],
      [{ dispatchDeadline: seconds(14.999) }, "Task.dispatchDeadline"],
      [{ dispatchDeadline: seconds(1800.001) }, "Task.dispatchDeadline"],
      [http({ url: path.padEnd(2084, "x") }), "HttpRequest.url"],
      [http({ url: `${path}${"é".repeat(700)}` }), "HttpRequest.url"],
      [http({ headers: { x: "y".repeat(80 * 1024 - 1) } }), "HttpRequest.headers"],
      [http({ headers: { "x y": "1" } }), "HttpRequest.headers"],
      [http({ headers: { "": "1" } }), "HttpRequest.headers"],
      [http({ headers: { x: "1\r\ny: 2" } }), "HttpRequest.headers"],
      [http({ headers: { x: "\u20ac" } }), "HttpRequest.headers"],
      [http({ httpMethod: "GET", body: Buffer.from("x") }), "HttpRequest.body"],
      [http({ httpMethod: "TRACE" }), "HttpRequest.httpMethod"],
      [http({ oidcToken: {} }), "OidcToken.serviceAccountEmail"],
      [{ httpRequest: null }, "Task.httpRequest"],
    ];
    for (const [task, part] of bad) {
      const { code, message } = await refusalOf(create(undefined, task));
      expect([code, message.includes(part)], message).to.deep.equal(["INVALID_ARGUMENT", true]);
    }
    expect((await refusalOf(call("CreateTask", { parent: QUEUE }))).code).to.equal(
      "INVALID_ARGUMENT",
    );
  });

  it("may have up to 1,048,569 bytes in their stored form", async () => {
    const { call, create } = queueBrain();
    await call("PauseQueue", { name: QUEUE });
    const sized = (length: number): Task => ({
      httpRequest: { url: URL_BRAIN, body: Buffer.alloc(length) },
    });
    let size = 1_048_569;
    while ((await create(undefined, sized(size)).catch(() => undefined)) === undefined) size -= 1;
    expect(size).to.be.within(1_048_300, 1_048_500);
    const { code, message } = await refusalOf(create("0".repeat(20), sized(size + 1)));
    expect([code, message]).to.deep.equal(["INVALID_ARGUMENT", "Task size too large"]);
  });

  it("are refused by name for what is not imitated", async () => {
    const { create } = queueBrain();
    const refusals = [
      await refusalOf(
        create("a", { httpRequest: null, appEngineHttpRequest: { relativeUri: "/" } }),
      ),
      await refusalOf(
        create("a", {
          httpRequest: { url: URL_BRAIN, oauthToken: { serviceAccountEmail: DISPATCHER } },
        }),
      ),
    ];
    expect(refusals.map(({ code, message }) => [code, message.split(" ")[0]])).to.deep.equal([
      ["UNIMPLEMENTED", "Task.appEngineHttpRequest"],
      ["UNIMPLEMENTED", "HttpRequest.oauthToken"],
    ]);
  });

  it("with a token need an account that exists and a creator who may act as it", async () => {
    const { cloud, create } = queueBrain();
    expect((await refusalOf(create("a", WITH_TOKEN))).code).to.equal("NOT_FOUND");
    cloud.accounts.add(DISPATCHER);
    cloud.refused.add("iam.serviceAccounts.actAs");
    expect((await refusalOf(create("a", WITH_TOKEN))).code).to.equal("PERMISSION_DENIED");
    expect(cloud.questions.at(-1)).to.deep.equal({
      principal: "user:developer@example.com",
      permission: "iam.serviceAccounts.actAs",
      resource: `projects/switchyard-dev/serviceAccounts/${DISPATCHER}`,
    });
    cloud.refused.clear();
    const { httpRequest } = await create("a", WITH_TOKEN);
    expect(httpRequest?.oidcToken).to.deep.equal({ serviceAccountEmail: DISPATCHER, audience: "" });
  });

  it("and queues are returned in a form that Google's own messages take over unchanged", async () => {
    const { cloud, call, create } = queueBrain({
      stackdriverLoggingConfig: { samplingRatio: 0.5 },
    });
    cloud.accounts.add(DISPATCHER);
    cloud.answer = () => response(500);
    const httpRequest = { ...WITH_TOKEN.httpRequest, body: Buffer.from("b"), headers: { a: "b" } };
    await create("a", { httpRequest });
    await cloud.clock.settle();
    const task = await call<Task>("GetTask", { name: `${QUEUE}/tasks/a`, responseView: "FULL" });
    const queue = await call<Queue>("PurgeQueue", { name: QUEUE });
    const plain = { longs: Number, enums: String };
    const messages = protos.google.cloud.tasks.v2;
    expect(messages.Task.toObject(messages.Task.fromObject(task), plain)).to.deep.equal(task);
    expect(messages.Queue.toObject(messages.Queue.fromObject(queue), plain)).to.deep.equal(queue);
  });

  it("show their body only to who may see it", async () => {
    const { cloud, call, create } = queueBrain();
    await call("PauseQueue", { name: QUEUE });
    await create("a", { httpRequest: { url: URL_BRAIN, body: Buffer.from("secret") } });
    cloud.refused.add("cloudtasks.tasks.fullView");
    const requests: [string, object][] = [
      ["GetTask", { name: `${QUEUE}/tasks/a` }],
      ["ListTasks", { parent: QUEUE }],
      ["RunTask", { name: `${QUEUE}/tasks/a` }],
      ["CreateTask", { parent: QUEUE, task: { httpRequest: { url: URL_BRAIN } } }],
    ];
    for (const [method, request] of requests) {
      const refusal = await refusalOf(call(method, { ...request, responseView: "FULL" }));
      expect([refusal.code, cloud.questions.at(-1)?.resource]).to.deep.equal([
        "PERMISSION_DENIED",
        QUEUE,
      ]);
    }
    expect(cloud.requests).to.deep.equal([]);
  });

  it("are listed in pages that survive deletions in between", async () => {
    const { call, create } = queueBrain();
    await call("PauseQueue", { name: QUEUE });
    for (const id of ["a", "b", "c", "d"]) await create(id);
    interface Listed {
      tasks: Task[];
      nextPageToken?: string;
    }
    const list = (page: object): Promise<Listed> => call("ListTasks", { parent: QUEUE, ...page });
    const ids = ({ tasks }: Listed): string[] =>
      tasks.map(({ name }) => name?.split("/").at(-1) ?? "");
    const first = await list({ pageSize: 2 });
    await call("DeleteTask", { name: `${QUEUE}/tasks/b` });
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
    expect([ids(first), ids(second), second.nextPageToken]).to.deep.equal([
      ["a", "b"],
      ["c", "d"],
      undefined,
    ]);
    expect((await refusalOf(list({ pageSize: -1 }))).code).to.equal("INVALID_ARGUMENT");
  });

  it("block their name for the dedup window after they are done or deleted, and no longer", async () => {
    for (const dedupWindowSeconds of [3600, 60]) {
      const { cloud, call, create } = queueBrain({}, { dedupWindowSeconds });
      await create("done");
      await cloud.clock.settle();
      await call("PauseQueue", { name: QUEUE });
      await create("deleted");
      await call("DeleteTask", { name: `${QUEUE}/tasks/deleted` });
      await create("purged");
      await call("PurgeQueue", { name: QUEUE });
      await cloud.clock.advance({ seconds: dedupWindowSeconds - 0.001 });
      for (const id of ["done", "deleted", "purged"]) {
        expect((await refusalOf(create(id))).code).to.equal("ALREADY_EXISTS");
      }
      await cloud.clock.advance({ seconds: 0.001 });
      for (const id of ["done", "deleted", "purged"]) await create(id);
    }
  });

  it("are deleted 31 days after their creation, dispatched or not", async () => {
    const { cloud, call, create, get, messages } = queueBrain();
    await call("PauseQueue", { name: QUEUE });
    await create("old");
    await cloud.clock.advance({ seconds: 86_400 });
    await create("young");
    await cloud.clock.advance({ seconds: 30 * 86_400 - 1 });
    await get("old");
    await cloud.clock.advance({ seconds: 1 });
    expect((await refusalOf(get("old"))).code).to.equal("NOT_FOUND");
    await get("young");
    await cloud.clock.advance({ seconds: 86_400 });
    expect((await refusalOf(get("young"))).code).to.equal("NOT_FOUND");
    expect(messages()).to.deep.equal([
      "queue-brain/old deleted after 31 days and 0 attempts",
      "queue-brain/young deleted after 31 days and 0 attempts",
    ]);
  });
});
