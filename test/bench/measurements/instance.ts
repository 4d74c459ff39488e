/** What the enqueuer makes of an instance: with no more memory than the stack declares, where the machine can hold it to that. */
import { peakMemory } from "../../support/role-instances.ts";
import { startHelper, type Helper } from "../children.ts";
import { CONNECTIONS, post, sample, subject } from "../enqueue-load.ts";
import { ENQUEUE, prepareEnqueuer, type Bench } from "../enqueuer.ts";
import { limitMemory, type MemoryLimit } from "../memory-limit.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";
import type { Role } from "../role.ts";
import { usageOf } from "../usage.ts";

const NAME = "instance";

const COUNTS = {
  full: { rounds: 7, perRound: 5_000, warmUp: 5_000, memory: [10_000, 200_000] },
  short: { rounds: 3, perRound: 800, warmUp: 500, memory: [2_000, 10_000] },
} as const;

/** Of an instance's 512 MiB, which larger bodies than the load's need too. */
const MAX_PEAK_MB = 200;

export const instance: Measurement = {
  name: NAME,
  about: `memory and CPU of the enqueuer in an instance of its size, at ${CONNECTIONS} connections`,
  measure: async (run) => {
    const bench = await prepareEnqueuer("empty");
    const load = startHelper("load");
    try {
      const problem = await whyUnlimited(bench);
      if (problem !== undefined) {
        run.progress(`${NAME}: skipped, the limit of an instance's memory: ${problem}`);
      }
      const isLimited = problem === undefined;
      return [
        ...(await memory(bench, load, run, isLimited)),
        ...(isLimited ? [await sizing(bench, load, run)] : []),
      ];
    } finally {
      await load.stop();
      await bench.stop();
    }
  },
};

/** Why this machine holds no process to its memory; undefined where it does. */
async function whyUnlimited({ memoryBytes }: Bench): Promise<string | undefined> {
  try {
    await (await limitMemory(memoryBytes)).remove();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Does something with an enqueuer of its own. */
async function withEnqueuer<T>(
  bench: Bench,
  isLimited: boolean,
  env: Readonly<Record<string, string>>,
  action: (role: Role) => Promise<T>,
): Promise<T> {
  const limit: MemoryLimit | undefined = isLimited
    ? await limitMemory(bench.memoryBytes)
    : undefined;
  try {
    const role = await bench.start("enqueuer", { env, limit });
    try {
      await role.firstAnswer(ENQUEUE);
      return await action(role);
    } finally {
      await role.stop();
    }
  } finally {
    await limit?.remove();
  }
}

/** Of one process, whose whole life is counted. */
function memory(bench: Bench, load: Helper, run: Run, isLimited: boolean): Promise<Row[]> {
  const [early, late] = (run.isShort ? COUNTS.short : COUNTS.full).memory;
  return withEnqueuer(bench, isLimited, {}, async (role) => {
    run.progress(`${NAME}: memory after ${early} requests`);
    await post(load, role.url, early);
    const before = await usageOf(role.pid);
    run.progress(`${NAME}: memory after ${late} requests`);
    await post(load, role.url, late - early);
    const after = await usageOf(role.pid);
    const count = late.toLocaleString("en");
    const grown = rowOf(NAME, {
      what: `memory after ${count} requests`,
      unit: "MB",
      ours: [after.memoryBytes / 1e6],
      floor: {
        what: `the same process after ${early.toLocaleString("en")}`,
        samples: [before.memoryBytes / 1e6],
      },
      // A young process still grows into its heap: after fewer requests the ratio says nothing.
      ...(!run.isShort && { limit: { of: "ratio", max: 1.2 } }),
    });
    if (process.platform !== "linux") return [grown];
    const peak = rowOf(NAME, {
      what: `most memory in ${count} requests`,
      unit: "MB",
      ours: [(await peakMemory(role.pid)) / 1e6],
      limit: { of: "ours", max: MAX_PEAK_MB },
    });
    return [grown, peak];
  });
}

/** What it costs that the heap is sized by the stack, beside the sizes that Node finds for as much memory. */
async function sizing(bench: Bench, load: Helper, run: Run): Promise<Row> {
  const { rounds, perRound, warmUp } = run.isShort ? COUNTS.short : COUNTS.full;
  return withEnqueuer(bench, true, {}, (sized) =>
    withEnqueuer(bench, true, { NODE_OPTIONS: "" }, async (unsized) => {
      const subjects = [subject("as declared", sized), subject("as Node does", unsized)] as const;
      for (const { name, url } of subjects) {
        run.progress(`${NAME}: warming up the heap sized ${name}`);
        await post(load, url, warmUp);
      }
      for (let round = 1; round <= rounds; round++) {
        run.progress(`${NAME}: round ${round} of ${rounds}`);
        for (const each of subjects) await sample(each, load, perRound);
      }
      const [ours, floor] = subjects;
      return rowOf(NAME, {
        what: "CPU per request",
        unit: "µs",
        ours: ours.cpuMicros,
        floor: {
          what: "the enqueuer with a heap that Node sizes by the instance's memory",
          samples: floor.cpuMicros,
        },
        limit: { of: "ratio", max: 1.05 },
      });
    }),
  );
}
