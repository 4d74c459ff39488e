import { expect } from "chai";
import fc from "fast-check";
import { EnqueueRequest, enqueue, taskId } from "../../../functions/enqueuer/enqueue.ts";
import type { Added, Refusal } from "../../../functions/enqueuer/ports.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import { parseBody } from "../../../functions/runtime/door/json-handler.ts";
import { BRAIN, TasksInMemory, enqueuerPorts } from "../../support/enqueuer-ports.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const REQUEST = { service: "brain", payload: { doc: "1" } };

function parse(body: object): EnqueueRequest {
  return parseBody(EnqueueRequest, Buffer.from(JSON.stringify(body))).input;
}

/** As a caller might write it, who likes spaces. */
const PAYLOAD = '{ "doc": 1.0 }';

async function run(body: object, tasks = new TasksInMemory()) {
  return { tasks, answer: await enqueue(parse(body), PAYLOAD, enqueuerPorts(tasks)) };
}

describe("enqueue", () => {
  it("adds a task with the worker's settings and a new key", async () => {
    const { tasks, answer } = await run(REQUEST);
    const id = taskId("brain", "key-1");
    expect(answer).to.deep.equal({
      task: `projects/p/locations/r/queues/queue-brain/tasks/${id}`,
      service: "brain",
      queue: "queue-brain",
      deadline_s: 700,
      idempotency_key: "key-1",
    });
    expect(tasks.added).to.deep.equal([
      {
        worker: BRAIN,
        id,
        body: PAYLOAD,
        idempotencyKey: "key-1",
        deadlineSeconds: 700,
      },
    ]);
  });

  it("takes the request's key, deadline and delay", async () => {
    const body = { ...REQUEST, idempotency_key: "CASE 001", deadline_s: 15, schedule_in_s: 30 };
    const { tasks, answer } = await run(body);
    expect(answer).to.include({ deadline_s: 15, idempotency_key: "CASE 001" });
    expect(tasks.added[0]).to.deep.include({
      id: taskId("brain", "CASE 001"),
      deadlineSeconds: 15,
      dueAt: new Date("2026-01-01T12:00:30Z"),
    });
  });

  it("takes delay_s for schedule_in_s, and null for absent", async () => {
    const same = { ...REQUEST, delay_s: 30, schedule_in_s: 30, deadline_s: null };
    for (const body of [{ ...REQUEST, delay_s: 30, schedule_in_s: null }, same]) {
      const { tasks } = await run(body);
      expect(tasks.added[0]?.dueAt).to.deep.equal(new Date("2026-01-01T12:00:30Z"));
    }
    const { tasks } = await run({ ...REQUEST, schedule_in_s: 0 });
    expect(tasks.added[0]).not.to.have.property("dueAt");
  });

  it("answers 409 to a key that is taken, with task and key", async () => {
    const tasks = new TasksInMemory();
    const body = { ...REQUEST, idempotency_key: "k" };
    const { answer } = await run(body, tasks);
    const error = (await thrownBy(() => run(body, tasks))) as HttpError;
    expect([error.status, error.detail.code, error.beside]).to.deep.equal([
      409,
      "duplicate",
      { task: answer.task, idempotency_key: "k" },
    ]);
    expect(tasks.added).to.have.length(1);
  });

  it("keeps one key of two services apart", async () => {
    const tasks = new TasksInMemory();
    await run({ ...REQUEST, idempotency_key: "k" }, tasks);
    await run({ ...REQUEST, service: "testimonios", idempotency_key: "k" }, tasks);
    expect(tasks.added).to.have.length(2);
  });

  it("lists the known services to whom names another", async () => {
    const error = (await thrownBy(() => run({ ...REQUEST, service: "brian" }))) as HttpError;
    expect([error.status, error.detail]).to.deep.equal([
      422,
      {
        code: "unknown_service",
        message: "`service` is not known; the services are brain, testimonios.",
        field: "service",
      },
    ]);
  });

  const refusals: Record<Refusal, [status: number, code: string, retryAfter?: string]> = {
    denied: [403, "permission_denied"],
    exhausted: [429, "quota_exhausted", "10"],
    unavailable: [503, "tasks_unavailable", "5"],
    missing: [503, "queue_not_found", "60"],
    "too-large": [413, "task_too_large"],
    invalid: [500, "task_rejected"],
  };
  for (const [why, [status, code, retryAfter]] of Object.entries(refusals)) {
    it(`answers ${status} where Google's refusal is: ${why}`, async () => {
      const tasks = new TasksInMemory();
      tasks.refusal = { kind: "refused", why, message: "Google's sentence" } as Added;
      const error = (await thrownBy(() => run(REQUEST, tasks))) as HttpError;
      expect([error.status, error.detail.code]).to.deep.equal([status, code]);
      expect(error.headers["retry-after"]).to.equal(retryAfter);
      if (why !== "unavailable") expect(error.message).to.equal("Google's sentence");
    });
  }
});

describe("EnqueueRequest", () => {
  const bad: [field: string, difference: Record<string, unknown>][] = [
    ["service", { service: undefined }],
    ["service", { service: 1 }],
    ["service", { service: null }],
    ["payload", { payload: undefined }],
    ["payload", { payload: null }],
    ["payload", { payload: [] }],
    ["payload", { payload: "text" }],
    ["payload", { payload: 1.5 }],
    ["schedule_in_s", { schedule_in_s: -1 }],
    ["schedule_in_s", { schedule_in_s: 0.5 }],
    ["schedule_in_s", { schedule_in_s: "30" }],
    ["schedule_in_s", { schedule_in_s: 2_592_001 }],
    ["delay_s", { delay_s: -1 }],
    ["delay_s", { delay_s: 1, schedule_in_s: 2 }],
    ["deadline_s", { deadline_s: 14 }],
    ["deadline_s", { deadline_s: 1801 }],
    ["deadline_s", { deadline_s: true }],
    ["idempotency_key", { idempotency_key: "" }],
    ["idempotency_key", { idempotency_key: "x".repeat(501) }],
    ["idempotency_key", { idempotency_key: "ñ" }],
    ["idempotency_key", { idempotency_key: "a\r\nb" }],
    ["idempotency_key", { idempotency_key: " a" }],
    ["idempotency_key", { idempotency_key: 1 }],
    ["idempotency", { idempotency: "k" }],
  ];
  for (const [field, difference] of bad) {
    it(`refuses ${JSON.stringify(difference).slice(0, 60)} and names ${field}`, async () => {
      const error = (await thrownBy(() => parse({ ...REQUEST, ...difference }))) as HttpError;
      expect([error.status, error.detail.field]).to.deep.equal([422, field]);
      expect(error.message).to.match(/^`\w+` .+\.$/);
    });
  }

  it("takes the ends of every range", () => {
    for (const difference of [
      { schedule_in_s: 0 },
      { schedule_in_s: 2_592_000 },
      { deadline_s: 15 },
      { deadline_s: 1800 },
      { idempotency_key: "~" },
      { idempotency_key: "x".repeat(500) },
      { payload: {} },
    ]) {
      expect(parse({ ...REQUEST, ...difference })).to.deep.equal({ ...REQUEST, ...difference });
    }
  });
});

describe("taskId", () => {
  const key = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
    minLength: 1,
    maxLength: 500,
  });

  it("is legal and stable for any legal key", () => {
    fc.assert(
      fc.property(key, (text) => {
        expect(taskId("brain", text)).to.match(/^[A-Za-z0-9_-]{1,500}$/);
        expect(taskId("brain", text)).to.equal(taskId("brain", text));
      }),
    );
  });

  it("differs where service or key differ", () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        fc.pre(one !== other);
        expect(taskId("brain", one)).not.to.equal(taskId("brain", other));
        expect(taskId("brain", one)).not.to.equal(taskId("testimonios", one));
      }),
    );
  });
});
