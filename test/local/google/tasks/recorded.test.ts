import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ApiError } from "../../../../local/errors.ts";
import type { LocalRequest } from "../../../../local/http/message.ts";
import { response } from "../../../support/fake-cloud.ts";
import { LOCATION, QUEUE, URL_BRAIN, queueBrain, seconds } from "./queue-brain.ts";
import type { QueueBrain, Queue } from "./queue-brain.ts";

interface ErrorCase {
  readonly case: string;
  readonly rpc: string;
  readonly code: string;
  readonly message: string;
}

interface RecordedAttempt {
  readonly answered: number;
  readonly headers: Readonly<Record<string, string>>;
}

const { cases } = recorded("errors.json") as { cases: ErrorCase[] };
const { attempts } = recorded("dispatch.json") as { attempts: RecordedAttempt[] };

const OTHER = `${LOCATION}/queues/other`;
const TASK = `${QUEUE}/tasks/a`;

/** How each recorded situation comes about: the requests to make for the method in question. */
const SITUATIONS: Readonly<
  Record<string, (b: QueueBrain, rpc: string) => Promise<object[]> | object[]>
> = {
  "create a queue that exists": () => [queueOf({ name: QUEUE })],
  "minBackoff > maxBackoff": () => [
    queueOf({ retryConfig: { minBackoff: seconds(20), maxBackoff: seconds(10) } }),
  ],
  "maxBurstSize negative (output only)": () => [queueOf({ rateLimits: { maxBurstSize: -1 } })],
  "maxConcurrentDispatches negative": () => [
    queueOf({ rateLimits: { maxConcurrentDispatches: -1 } }),
  ],
  "maxConcurrentDispatches > 5000": () => [
    queueOf({ rateLimits: { maxConcurrentDispatches: 5001 } }),
  ],
  "malformed queue name": () => [queueOf({ name: `${LOCATION}/queues/not a name` })],
  "parent of a project one has no right to": () => [
    { ...queueOf({}), parent: "projects/not-a-valid-parent/locations/us-central1" },
    { ...queueOf({}), parent: "not-a-valid-parent" },
  ],
  "maxAttempts < -1": () => [queueOf({ retryConfig: { maxAttempts: -2 } })],
  "maxDoublings negative": () => [queueOf({ retryConfig: { maxDoublings: -1 } })],
  "minBackoff negative": () => [queueOf({ retryConfig: { minBackoff: { seconds: -1 } } })],
  "maxDispatchesPerSecond negative": () => [
    queueOf({ rateLimits: { maxDispatchesPerSecond: -1 } }),
  ],
  "maxDispatchesPerSecond > 500": () => [
    queueOf({ rateLimits: { maxDispatchesPerSecond: 500.1 } }),
  ],
  "queue name deleted recently": async ({ call }) => {
    await call("DeleteQueue", { name: QUEUE });
    return [queueOf({ name: QUEUE })];
  },
  "queue missing": () => [{ name: OTHER }],
  "queue missing, or deleted recently": async ({ call }, rpc) => {
    await call("DeleteQueue", { name: QUEUE });
    return [OTHER, QUEUE].map((name) => (rpc === "CreateTask" ? taskOf({}, name) : { name }));
  },
  "task name taken": async ({ create }) => {
    await create("a");
    return [taskOf({ name: TASK })];
  },
  "malformed task id": () => [taskOf({ name: `${QUEUE}/tasks/not a valid id` })],
  "url with a bad percent-escape (accepted, fails at dispatch)": () => [
    taskOf({ httpRequest: { url: "http://example.com/%zz" } }),
  ],
  "url empty": () => [
    taskOf({ httpRequest: { url: "" } }),
    taskOf({ httpRequest: {} }),
    taskOf({ httpRequest: { url: null } }),
  ],
  "url without scheme, or with another scheme": () =>
    ["www.google.com", "ftp://www.google.com"].map((url) => taskOf({ httpRequest: { url } })),
  "task named under another queue": () => [taskOf({ name: `${QUEUE}-other/tasks/a` })],
  "task missing": () => [{ name: TASK }],
  "task finished or deleted recently": async ({ call, create, cloud }) => {
    await create("a");
    await cloud.clock.settle();
    await create("b", { scheduleTime: seconds(cloud.clock.now() / 1000 + 60) });
    await call("DeleteTask", { name: `${QUEUE}/tasks/b` });
    return ["a", "b"].map((id) => ({ name: `${QUEUE}/tasks/${id}` }));
  },
};

describe("Cloud Tasks, answers recorded from the service", () => {
  for (const { case: situation, rpc, code, message } of cases) {
    for (const method of rpc.split(", ")) {
      it(`${method}: ${situation} is ${code}`, async () => {
        const b = queueBrain();
        const requests = (await SITUATIONS[situation]?.(b, method)) ?? [];
        const expected = { code, message: message.replaceAll("{queue}", QUEUE) };
        const answers: object[] = [];
        for (const request of requests) answers.push(await answerOf(b, method, request));
        expect(requests).to.not.have.length(0);
        expect(answers).to.deep.equal(requests.map(() => expected));
      });
    }
  }

  it("explains a foreign project, a malformed queue name and a malformed task id with details", async () => {
    const b = queueBrain();
    const details = async (method: string, request: object): Promise<unknown> =>
      b.call(method, request).catch((error: unknown) => (error as ApiError).details);
    const foreign = { ...queueOf({}), parent: "projects/not-a-valid-parent/locations/l" };
    expect(await details("CreateQueue", foreign)).to.deep.include({
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "CONSUMER_INVALID",
      domain: "googleapis.com",
      metadata: {
        consumer: "projects/not-a-valid-parent",
        containerInfo: "not-a-valid-parent",
        service: "cloudtasks.googleapis.com",
      },
    });
    const reference =
      "https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues";
    expect(await details("CreateQueue", queueOf({ name: "x" }))).to.deep.equal([
      help("Definition of queue name", `${reference}#Queue.FIELDS.name`),
    ]);
    expect(
      await details("CreateTask", taskOf({ name: `${QUEUE}/tasks/not a valid id` })),
    ).to.deep.equal([help("Definition of task ID", `${reference}.tasks#Task.FIELDS.name`)]);
  });

  it("sends the recorded headers over three attempts of one task", async () => {
    const { cloud, create } = queueBrain();
    const answers = attempts.map(({ answered }) => answered);
    const etas: string[] = [];
    cloud.answer = () => response(answers.shift() ?? 200);
    const { scheduleTime } = await create("a1b2");
    etas.push(`${String(scheduleTime?.seconds)}.000000`);
    await cloud.clock.advance({ seconds: 10 });
    const sent = cloud.requests.map(({ headers }) => Object.fromEntries(headers));
    const expected = attempts.map(({ headers }, index) => {
      const eta = index === 0 ? etas[0] : sent[index]?.["X-CloudTasks-TaskETA"];
      return Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          value
            .replace("{queue}", "queue-brain")
            .replace("{task}", "a1b2")
            .replace("{eta}", eta ?? ""),
        ]),
      );
    });
    expect(sent).to.deep.equal(expected);
    expect(
      sent.map((headers) => /^\d+\.\d+$/.test(headers["X-CloudTasks-TaskETA"] ?? "")),
    ).to.deep.equal(attempts.map(() => true));
  });

  it("counts executions as recorded: 503 → 0, 404 → 1, 429 → 2, 500 → 2, 302 → 3", async () => {
    const { cloud, create } = queueBrain();
    const answers = [503, 404, 429, 500, 302, 200];
    cloud.answer = () => response(answers.shift() ?? 200);
    await create("a");
    await cloud.clock.advance({ seconds: 60 });
    const counts = cloud.requests.map((request) =>
      sentHeader(request, "X-CloudTasks-TaskExecutionCount"),
    );
    expect(counts).to.deep.equal(["0", "0", "1", "2", "2", "3"]);
  });

  it("fails a URL with a bad percent-escape at dispatch, without sending", async () => {
    const { cloud, create, get } = queueBrain({ retryConfig: { minBackoff: seconds(60) } });
    await create("a", { httpRequest: { url: "http://example.com/%zz" } });
    await cloud.clock.settle();
    expect(cloud.requests).to.deep.equal([]);
    expect((await get("a")).lastAttempt?.responseStatus).to.deep.equal({
      code: 3,
      message: "INVALID_ARGUMENT: the URL http://example.com/%zz is malformed",
    });
  });

  it("stores and shows User-Agent with the task's own headers in their own spelling, in both views", async () => {
    const { cloud, call, create } = queueBrain();
    const headers = {
      "X-Mixed-Case": "preserve-me",
      "content-type": "application/json",
      "user-agent": "x",
    };
    const body = Buffer.from('{"hello":"world"}');
    const scheduleTime = seconds(cloud.clock.now() / 1000 + 60);
    await create("a", { scheduleTime, httpRequest: { url: URL_BRAIN, headers, body } });
    const shown = await Promise.all(
      ["BASIC", "FULL"].map((responseView) =>
        call<object>("GetTask", { name: TASK, responseView }),
      ),
    );
    const stored = {
      url: URL_BRAIN,
      httpMethod: "POST",
      headers: {
        "X-Mixed-Case": "preserve-me",
        "content-type": "application/json",
        "User-Agent": "Google-Cloud-Tasks",
      },
    };
    expect(shown).to.deep.equal(
      [stored, { ...stored, body }].map((httpRequest, index) => ({
        name: TASK,
        httpRequest,
        scheduleTime,
        createTime: seconds(cloud.clock.now() / 1000),
        dispatchDeadline: seconds(600),
        dispatchCount: 0,
        responseCount: 0,
        view: index === 0 ? "BASIC" : "FULL",
      })),
    );
  });
});

function recorded(file: string): unknown {
  return JSON.parse(readFileSync(`test/data/cloud-tasks/${file}`, "utf8")) as unknown;
}

async function answerOf({ call }: QueueBrain, method: string, request: object): Promise<object> {
  try {
    await call(method, request);
    return { code: "OK", message: "" };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { code: error.code, message: error.message };
  }
}

function queueOf(queue: Queue): object {
  return { parent: LOCATION, queue: { name: `${LOCATION}/queues/fresh`, ...queue } };
}

function taskOf(task: object, parent = QUEUE): object {
  return { parent, task: { httpRequest: { url: URL_BRAIN }, ...task } };
}

function sentHeader({ headers }: LocalRequest, name: string): string | undefined {
  return headers.find(([key]) => key === name)?.[1];
}

function help(description: string, url: string): object {
  return { "@type": "type.googleapis.com/google.rpc.Help", links: [{ description, url }] };
}
