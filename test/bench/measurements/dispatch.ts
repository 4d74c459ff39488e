/**
 * What the local cloud adds to a task's way: CreateTask over gRPC, IAM, a signed token, the invoker's check, the 200 of a
 * worker of one's own, beside a process that only sends that worker the same requests.
 */
import { roleEnvironment } from "../../../local/gateway/environment.ts";
import { createIssuer, stripSignature } from "../../../local/identity/issuer.ts";
import { sliceOf } from "../../../local/declared/declared.ts";
import { loadDeclared } from "../../../local/declared/load.ts";
import { tasks } from "../../../local/google/tasks/declared.ts";
import { startHelper } from "../children.ts";
import { ALONE, startCloud } from "../local-cloud.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";
import type { TasksQuestion } from "../processes/create-tasks.ts";
import type { ForwarderQuestion } from "../processes/forwarder.ts";
import type { LoadRequest } from "../processes/load.ts";
import { usageOf } from "../usage.ts";

const NAME = "dispatch";
const COUNTS = {
  full: { rounds: 5, perRound: 2_000, warmUp: 1_000 },
  short: { rounds: 2, perRound: 400, warmUp: 100 },
} as const;

/** As many as a worker takes at once. */
const CONCURRENCY = 80;
const CREATIONS_IN_FLIGHT = 32;

const WORKER = "brain";
const FLOOR = "a process that only sends the same requests on";

export const dispatch: Measurement = {
  name: NAME,
  about: "tasks from CreateTask to the worker's 200, OIDC and IAM on",
  measure: async (run) => {
    const task = await taskOf();
    const worker = startHelper("bare-http");
    const workerUrl = (await worker.ask({})) as string;
    const ours = await throughTheCloud(task, workerUrl);
    const floor = await throughAForwarder(task, workerUrl);
    try {
      return await alternate(ours, floor, run);
    } finally {
      await Promise.all([ours.stop(), floor.stop(), worker.stop()]);
    }
  },
};

/** What travels, on either way. */
interface Task {
  readonly queue: string;
  readonly url: URL;
  readonly caller: string;
  /** `{n}` makes the key of each task its own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One of the two ways. */
interface Way {
  readonly pid: number;
  /** Resolves when so many tasks were answered with 200. */
  readonly send: (count: number, first: number) => Promise<unknown>;
  readonly stop: () => Promise<unknown>;
}

async function taskOf(): Promise<Task> {
  const dev = await loadDeclared("dev");
  const { services } = dev;
  const { queue: queues } = sliceOf(dev, tasks);
  const worker = services.find(({ name }) => name === WORKER);
  const queue = queues.find(({ name }) => name.endsWith("/queue-brain"));
  const { WORKER_PATH: path, CALLER_SA: caller } = worker?.env ?? {};
  if (!worker || !queue || path === undefined || caller === undefined) {
    throw new Error(`The dev stack has no worker ${WORKER} of ours.`);
  }
  return {
    queue: queue.name,
    url: new URL(path, worker.url),
    caller,
    headers: { "Content-Type": "application/json", "X-Idempotency-Key": "CASE-{n}" },
    body: JSON.stringify({ input_doc_id: "DOC-1", output_doc_id: "DOC-2" }),
  };
}

async function throughTheCloud(
  { queue, url, caller, headers, body }: Task,
  workerUrl: string,
): Promise<Way> {
  const cloud = await startCloud([...ALONE, "--worker", `${WORKER}=${workerUrl}`]);
  const { projectId, proxyUrl, caFile, folder, metadataHosts } = await cloud.attachment();
  const env = roleEnvironment({
    proxyUrl,
    caFile,
    metadataHost: metadataHosts["enqueuer-api"] ?? "",
    projectId,
    gcloudConfigFolder: folder,
  });
  const creator = startHelper("create-tasks", env);
  const oidcToken = { serviceAccountEmail: caller, audience: url.origin };
  return {
    pid: cloud.pid,
    send: async (count, first) => {
      const question: TasksQuestion = {
        ...{ queue, url: url.href, headers, body, oidcToken, count, first },
        inFlight: CREATIONS_IN_FLIGHT,
      };
      await Promise.all([cloud.tasksDone(count), creator.ask(question)]);
    },
    stop: () => Promise.all([creator.stop(), cloud.stop()]),
  };
}

async function throughAForwarder(
  { url, caller, headers, body }: Task,
  workerUrl: string,
): Promise<Way> {
  const forwarder = startHelper("forwarder");
  const question: ForwarderQuestion = { target: workerUrl };
  const base = (await forwarder.ask(question)) as string;
  const load = startHelper("load");
  // The worker is private: it gets to see its caller's token as Cloud Run leaves it.
  const token = await createIssuer().idToken({ email: caller, audience: url.origin });
  const authorization = `Bearer ${stripSignature(token)}`;
  return {
    pid: forwarder.pid,
    send: (count, first) => {
      const request: LoadRequest = {
        url: `${base}${url.pathname}`,
        headers: { ...headers, authorization },
        ...{ body, connections: CONCURRENCY, count, first },
      };
      return load.ask(request);
    },
    stop: () => Promise.all([load.stop(), forwarder.stop()]),
  };
}

async function alternate(ours: Way, floor: Way, { isShort, progress }: Run): Promise<Row[]> {
  const { rounds, perRound, warmUp } = isShort ? COUNTS.short : COUNTS.full;
  const samples = { ours: [] as Sample[], floor: [] as Sample[] };
  progress(`${NAME}: warming up`);
  await ours.send(warmUp, 0);
  await floor.send(warmUp, 0);
  for (let round = 1; round <= rounds; round++) {
    progress(`${NAME}: round ${round} of ${rounds}`);
    const first = warmUp + round * perRound;
    samples.ours.push(await sample(ours, perRound, first));
    samples.floor.push(await sample(floor, perRound, first));
  }
  const beside = (key: keyof Sample) => ({
    ours: samples.ours.map((each) => each[key]),
    floor: { what: FLOOR, samples: samples.floor.map((each) => each[key]) },
  });
  return [
    rowOf(NAME, { what: "tasks (a queue's ceiling: 500)", unit: "per s", ...beside("perSecond") }),
    rowOf(NAME, { what: "CPU per task", unit: "µs", ...beside("cpuMicros") }),
  ];
}

interface Sample {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function sample({ pid, send }: Way, count: number, first: number): Promise<Sample> {
  const before = await usageOf(pid);
  const began = performance.now();
  await send(count, first);
  const seconds = (performance.now() - began) / 1000;
  const after = await usageOf(pid);
  return { perSecond: count / seconds, cpuMicros: (after.cpuMicros - before.cpuMicros) / count };
}
