/**
 * What the enqueuer does for people, end to end. Each story runs on a platform that is already in use, cares only for
 * its own tasks, and may be run again: the access suite runs those again that used a binding it has taken away.
 */
import { expect } from "chai";
import type { LogEntry } from "../../../local/log.ts";
import { LOCATION, lookUp, type Story } from "../../support/story.ts";
import type { TestPlatform } from "../../support/platform.ts";

/** The three workers of the dev stack, with the document's queues and deadlines. */
const WORKERS = [
  { service: "brain", queue: "queue-brain", deadline_s: 700 },
  { service: "testimonios", queue: "queue-testimonios", deadline_s: 390 },
  { service: "transcripciones", queue: "queue-transcripciones", deadline_s: 880 },
] as const;

const JSON_TYPE = { "content-type": "application/json" };

interface Enqueued {
  readonly task: string;
  readonly idempotency_key: string;
}

/** Asks as the developer. */
export async function enqueue(p: TestPlatform, body: Record<string, unknown>) {
  return p.asDeveloper("enqueuer", "/enqueue", { method: "POST", headers: JSON_TYPE, body });
}

/** Asks, expects a task, returns it. */
async function enqueued(p: TestPlatform, body: Record<string, unknown>): Promise<Enqueued> {
  const answer = await enqueue(p, body);
  expect(answer, JSON.stringify(answer.body)).to.include({ status: 200 });
  return answer.body as Enqueued;
}

/** What the queue reports of a task's attempts, oldest first: the HTTP status, or null where no answer came. */
export function attemptsOf(log: readonly LogEntry[], task: string): unknown[] {
  const id = task.split("/").at(-1);
  return log
    .filter(({ source, fields }) => source === "cloudtasks" && fields?.task === id)
    .map(({ fields }) => fields?.status);
}

function deliveryTo({ service, queue, deadline_s }: (typeof WORKERS)[number]): Story {
  return {
    title: `delivers a task to ${service}, signed as the dispatcher`,
    run: async (p) => {
      const { status, body } = await enqueue(p, { service, payload: { n: 1 } });
      const { task, idempotency_key } = body as Enqueued;
      expect({ status, body }).to.deep.equal({
        status: 200,
        body: { ok: true, task, service, queue, deadline_s, idempotency_key },
      });
      expect(task).to.match(new RegExp(`^${LOCATION}/queues/${queue}/tasks/[A-Za-z0-9_-]+$`));
      await p.settle();
      expect(attemptsOf(p.log, task)).to.deep.equal([200]);
    },
  };
}

function lookAt(queue: string): Story {
  return {
    title: `lets an operator look at ${queue} and its tasks`,
    run: async (p) => {
      const url = `https://cloudtasks.googleapis.com/v2/${LOCATION}/queues/${queue}`;
      const described = await p.as("developer", url);
      expect(described.body).to.include({ name: `${LOCATION}/queues/${queue}`, state: "RUNNING" });
      const listed = await p.as("developer", `${url}/tasks`);
      expect(listed.status).to.equal(200);
    },
  };
}

export const stories: readonly Story[] = [
  ...WORKERS.map(deliveryTo),
  ...WORKERS.map(({ queue }) => lookAt(queue)),
  ...["enqueuer", "brain", "testimonios", "transcripciones"].map(lookUp),
  {
    title: "holds a scheduled task until its time",
    run: async (p) => {
      const schedule_in_s = p.aheadSeconds + 3600;
      const { task } = await enqueued(p, { service: "brain", payload: {}, schedule_in_s });
      await p.advance({ seconds: 3590 });
      expect(attemptsOf(p.log, task)).to.deep.equal([]);
      await p.advance({ seconds: 11 });
      expect(attemptsOf(p.log, task)).to.deep.equal([200]);
    },
  },
  {
    title: "answers 409 to a key that was used, and delivers once",
    run: async (p) => {
      const idempotency_key = `CASE-${crypto.randomUUID()}`;
      const { task } = await enqueued(p, { service: "brain", payload: {}, idempotency_key });
      await p.settle();
      const { status, body } = await enqueue(p, { service: "brain", payload: {}, idempotency_key });
      const { error, request_id, ...rest } = body as {
        error: { code: string; message: string };
        request_id: string;
      };
      expect({ status, code: error.code, rest }).to.deep.equal({
        status: 409,
        code: "duplicate",
        rest: { ok: false, task, idempotency_key },
      });
      expect(request_id).to.be.a("string");
      await p.settle();
      expect(attemptsOf(p.log, task)).to.deep.equal([200]);
    },
  },
  {
    title: "tries again after failures, with the queue's backoff",
    run: async (p) => {
      const payload = { simulate: { fail_times: 2 } };
      const { task } = await enqueued(p, { service: "testimonios", payload });
      await p.settle();
      await p.advance({ seconds: 10 });
      const statuses = attemptsOf(p.log, task);
      expect(statuses).to.have.length(3);
      expect(statuses.slice(0, 2).every((status) => Number(status) >= 500)).to.equal(true);
      expect(statuses[2]).to.equal(200);
    },
  },
];
