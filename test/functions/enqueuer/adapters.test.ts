import type { CloudTasksClient } from "@google-cloud/tasks";
import { expect } from "chai";
import { cloudTasks, refusalOf, workersOf } from "../../../functions/enqueuer/adapters.ts";
import { EnqueuerEnv } from "../../../functions/enqueuer/env.ts";
import type { NewTask } from "../../../functions/enqueuer/ports.ts";
import { readEnv } from "../../../functions/runtime/env.ts";
import { ENQUEUER_ENV } from "../../support/enqueuer-env.ts";
import { BRAIN } from "../../support/enqueuer-ports.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const env = readEnv(EnqueuerEnv, ENQUEUER_ENV);
const PARENT = "projects/p/locations/us-central1/queues/queue-brain";

const TASK: NewTask = {
  worker: BRAIN,
  id: "abc",
  body: '{"n":1.0}',
  idempotencyKey: "k",
  deadlineSeconds: 700,
};

/** Google's client as far as the adapter uses it: keeps each call, answers or throws as told. */
class ClientDouble {
  readonly calls: unknown[][] = [];
  failure: Error | undefined;

  createTask(...call: unknown[]): Promise<unknown[]> {
    this.calls.push(call);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve([{ name: `${PARENT}/tasks/abc` }]);
  }
}

function tasksOver(client: ClientDouble) {
  return cloudTasks(env, () =>
    Promise.resolve(client as unknown as Pick<CloudTasksClient, "createTask">),
  );
}

function grpcError(code: number, details: string): Error {
  return Object.assign(new Error(`${code} CODE: ${details}`), { code, details });
}

describe("cloudTasks", () => {
  it("creates the documented task", async () => {
    const client = new ClientDouble();
    const dueAt = new Date("2026-01-01T12:00:00.250Z");
    const added = await tasksOver(client).add({ ...TASK, dueAt });
    expect(added).to.deep.equal({ kind: "added", name: `${PARENT}/tasks/abc` });
    expect(client.calls).to.deep.equal([
      [
        {
          parent: PARENT,
          task: {
            name: `${PARENT}/tasks/abc`,
            httpRequest: {
              url: BRAIN.url,
              httpMethod: "POST",
              headers: { "Content-Type": "application/json", "X-Idempotency-Key": "k" },
              body: Buffer.from('{"n":1.0}'),
              oidcToken: {
                serviceAccountEmail: env.CALLER_SA,
                audience: "https://brain-1.us-central1.run.app",
              },
            },
            dispatchDeadline: { seconds: 700 },
            scheduleTime: { seconds: 1_767_268_800, nanos: 250_000_000 },
          },
        },
        { timeout: 20_000 },
      ],
    ]);
  });

  it("calls once, whatever the answer", async () => {
    const client = new ClientDouble();
    client.failure = grpcError(14, "down");
    expect(await tasksOver(client).add(TASK)).to.deep.equal({
      kind: "refused",
      why: "unavailable",
      message: "down",
    });
    expect(client.calls).to.have.length(1);
  });
});

describe("refusalOf", () => {
  const table: [code: number, details: string, why: string][] = [
    [1, "cancelled", "unavailable"],
    [2, "unknown", "unavailable"],
    [3, "HttpRequest.url is required.", "invalid"],
    [3, "Task size too large", "too-large"],
    [4, "Deadline exceeded", "unavailable"],
    [5, "Queue does not exist. If you just created the queue, wait …", "missing"],
    [7, 'The principal lacks IAM permission "cloudtasks.tasks.create"', "denied"],
    [8, "Quota exceeded", "exhausted"],
    [9, "precondition", "invalid"],
    [10, "aborted", "unavailable"],
    [13, "internal", "unavailable"],
    [14, "unavailable", "unavailable"],
    [16, "Request had invalid authentication credentials.", "unavailable"],
  ];
  for (const [code, message, why] of table) {
    it(`reads gRPC ${code} (${message.slice(0, 30)}) as ${why}`, () => {
      expect(refusalOf(grpcError(code, message), "n")).to.deep.equal({
        kind: "refused",
        why,
        message,
      });
    });
  }

  it("reads ALREADY_EXISTS as a task that exists", () => {
    const error = grpcError(6, "Requested entity already exists");
    expect(refusalOf(error, "n")).to.deep.equal({ kind: "exists", name: "n" });
  });

  it("throws again what it does not know", async () => {
    for (const error of [grpcError(12, "no such method"), new TypeError("a bug"), "text"]) {
      expect(await thrownBy(() => refusalOf(error, "n"))).to.equal(error);
    }
  });
});

describe("workersOf", () => {
  it("takes the origin of the URL for the audience", () => {
    expect(workersOf(env)).to.deep.equal(new Map([["brain", BRAIN]]));
  });
});
