/** What a request to /enqueue costs beside a function that does nothing but the same CreateTask. */
import { startHelper, type Helper } from "../children.ts";
import { CONNECTIONS, post, sample, subject } from "../enqueue-load.ts";
import { ENQUEUE, prepareEnqueuer, type Bench } from "../enqueuer.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";

const NAME = "enqueue";

const COUNTS = {
  full: { rounds: 7, perRound: 5_000, warmUp: 5_000 },
  short: { rounds: 3, perRound: 800, warmUp: 500 },
} as const;

const FLOOR = "an empty function that makes the same CreateTask call";
const BARE = "a bare node:http server that parses and answers";

export const enqueue: Measurement = {
  name: NAME,
  about: `CPU and latency of /enqueue at ${CONNECTIONS} connections`,
  measure: async (run) => {
    const bench = await prepareEnqueuer("create-task");
    const load = startHelper("load");
    try {
      return await rounds(bench, load, run);
    } finally {
      await load.stop();
      await bench.stop();
    }
  },
};

async function rounds(bench: Bench, load: Helper, run: Run): Promise<Row[]> {
  const counts = run.isShort ? COUNTS.short : COUNTS.full;
  const roles = [await bench.start("enqueuer"), await bench.start("create-task")] as const;
  const bareHelper = startHelper("bare-http");
  const ours = subject("enqueuer", roles[0]);
  const floor = subject("the floor", roles[1]);
  const url = (await bareHelper.ask({})) as string;
  const bare = subject("node:http", { pid: bareHelper.pid, url });
  try {
    for (const role of roles) await role.firstAnswer(ENQUEUE);
    const subjects = [ours, floor, bare];
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
