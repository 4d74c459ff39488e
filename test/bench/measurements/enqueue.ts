/** What a request to /enqueue costs beside a function that does nothing but the same CreateTask. */
import { startHelper, type Helper } from "../children.ts";
import { ENQUEUE, prepareEnqueuer, type Bench } from "../enqueuer.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";
import type { LoadRequest, LoadResult } from "../processes/load.ts";
import { peakMemory } from "../../support/role-instances.ts";
import { limitMemory } from "../memory-limit.ts";
import { usageOf } from "../usage.ts";

const NAME = "enqueue";
const CONNECTIONS = 32;

const COUNTS = {
  full: { rounds: 7, perRound: 5_000, warmUp: 5_000, memory: [10_000, 200_000] },
  short: { rounds: 3, perRound: 800, warmUp: 500, memory: [2_000, 10_000] },
} as const;

const FLOOR = "an empty function that makes the same CreateTask call";
const BARE = "a bare node:http server that parses and answers";
const UNLIMITED = "the enqueuer with a heap as large as Node makes it by itself";
/** Of an instance with 512 MiB, which its other requests and its system need too. */
const MAX_PEAK_MB = 200;

export const enqueue: Measurement = {
  name: NAME,
  about: `CPU, latency and memory of /enqueue at ${CONNECTIONS} connections`,
  measure: async (run) => {
    const bench = await prepareEnqueuer("create-task");
    const load = startHelper("load");
    try {
      return [...(await rounds(bench, load, run)), ...(await memory(bench, load, run))];
    } finally {
      await load.stop();
      await bench.stop();
    }
  },
};

interface Subject {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly cpuMicros: number[];
  readonly perSecond: number[];
  readonly p50Millis: number[];
  readonly p99Millis: number[];
}

async function rounds(bench: Bench, load: Helper, run: Run): Promise<Row[]> {
  const counts = run.isShort ? COUNTS.short : COUNTS.full;
  const roles = [
    await bench.start("enqueuer"),
    await bench.start("create-task"),
    await bench.start("enqueuer", { NODE_OPTIONS: "" }),
  ] as const;
  const bareHelper = startHelper("bare-http");
  const ours = subject("enqueuer", roles[0]);
  const floor = subject("the floor", roles[1]);
  const unlimited = subject("the enqueuer without limits", roles[2]);
  const url = (await bareHelper.ask({})) as string;
  const bare = subject("node:http", { pid: bareHelper.pid, url });
  try {
    for (const role of roles) await role.firstAnswer(ENQUEUE);
    const subjects = [ours, floor, unlimited, bare];
    for (const { name, url: target } of subjects) {
      run.progress(`${NAME}: warming up ${name}`);
      await post(load, target, counts.warmUp);
    }
    for (let round = 1; round <= counts.rounds; round++) {
      run.progress(`${NAME}: round ${round} of ${counts.rounds}`);
      for (const each of subjects) await sample(each, load, counts.perRound);
    }
  } finally {
    await Promise.all([...roles.map((role) => role.stop()), bareHelper.stop()]);
  }
  const beside = (key: "cpuMicros" | "perSecond" | "p50Millis" | "p99Millis") => ({
    ours: ours[key],
    floor: { what: FLOOR, samples: floor[key] },
  });
  return [
    rowOf(NAME, {
      what: "CPU per request",
      unit: "µs",
      ...beside("cpuMicros"),
      limit: { of: "ratio", max: 1.25 },
    }),
    rowOf(NAME, {
      what: "CPU per request, for its limits of the heap",
      unit: "µs",
      ours: ours.cpuMicros,
      floor: { what: UNLIMITED, samples: unlimited.cpuMicros },
      limit: { of: "ratio", max: 1.05 },
    }),
    rowOf(NAME, {
      what: "CPU per request, beside node:http",
      unit: "µs",
      ours: ours.cpuMicros,
      floor: { what: BARE, samples: bare.cpuMicros },
    }),
    rowOf(NAME, { what: "requests", unit: "per s", ...beside("perSecond") }),
    rowOf(NAME, { what: "latency p50", unit: "ms", ...beside("p50Millis") }),
    rowOf(NAME, { what: "latency p99", unit: "ms", ...beside("p99Millis") }),
  ];
}

function subject(name: string, { pid, url }: { pid: number; url: string }): Subject {
  return { name, pid, url, cpuMicros: [], perSecond: [], p50Millis: [], p99Millis: [] };
}

async function sample(subject: Subject, load: Helper, count: number): Promise<void> {
  const before = await usageOf(subject.pid);
  const { seconds, p50Millis, p99Millis } = await post(load, subject.url, count);
  const after = await usageOf(subject.pid);
  subject.cpuMicros.push((after.cpuMicros - before.cpuMicros) / count);
  subject.perSecond.push(count / seconds);
  subject.p50Millis.push(p50Millis);
  subject.p99Millis.push(p99Millis);
}

/** A process of its own, whose whole life is counted, with no more memory than an instance has. */
async function memory(bench: Bench, load: Helper, run: Run): Promise<Row[]> {
  const [early, late] = (run.isShort ? COUNTS.short : COUNTS.full).memory;
  const limit = await limitMemory(bench.memoryBytes);
  if (typeof limit === "string") {
    run.progress(`${NAME}: skipped, the limit of an instance's memory: ${limit}`);
  }
  const role = await bench.start("enqueuer");
  try {
    if (typeof limit !== "string") await limit.hold(role.pid);
    await role.firstAnswer(ENQUEUE);
    run.progress(`${NAME}: memory after ${early} requests`);
    await post(load, role.url, early);
    const before = await usageOf(role.pid);
    run.progress(`${NAME}: memory after ${late} requests`);
    await post(load, role.url, late - early);
    const after = await usageOf(role.pid);
    const count = late.toLocaleString("en");
    const rows = [
      rowOf(NAME, {
        what: `memory after ${count} requests`,
        unit: "MB",
        ours: [after.memoryBytes / 1e6],
        floor: {
          what: `the same process after ${early.toLocaleString("en")}`,
          samples: [before.memoryBytes / 1e6],
        },
        // A young process still grows into its heap: after fewer requests the ratio says nothing.
        ...(!run.isShort && { limit: { of: "ratio", max: 1.2 } }),
      }),
    ];
    if (process.platform !== "linux") return rows;
    const peak = rowOf(NAME, {
      what: `most memory in ${count} requests`,
      unit: "MB",
      ours: [(await peakMemory(role.pid)) / 1e6],
      limit: { of: "ours", max: MAX_PEAK_MB },
    });
    return [...rows, peak];
  } finally {
    await role.stop();
    if (typeof limit !== "string") await limit.remove();
  }
}

let sent = 0;

async function post(load: Helper, url: string, count: number): Promise<LoadResult> {
  const question: LoadRequest = {
    url: `${url}${ENQUEUE.path}`,
    headers: { "content-type": "application/json" },
    body: ENQUEUE.body,
    connections: CONNECTIONS,
    count,
    first: sent,
  };
  sent += count;
  return (await load.ask(question)) as LoadResult;
}
