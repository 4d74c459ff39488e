/**
 * The producer's way from an event to its callback and the cursor, through the consumer, with tools that take no time: how
 * many events go through it, how long one takes, and what is kept of those that are done.
 */
import { startBridges, type Bridges, type Way } from "../bridges.ts";
import { startHelper } from "../children.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";
import type { HeapsQuestion } from "../processes/bridge-alone.ts";

const NAME = "bridge";
const COUNTS = {
  full: {
    ...{ rounds: 9, perRound: 1_000, warmUp: 2_000, single: 300 },
    ...{ few: 10_000, many: 100_000, fewAlone: 10_000, manyAlone: 1_000_000 },
  },
  short: {
    ...{ rounds: 2, perRound: 100, warmUp: 100, single: 30 },
    ...{ few: 400, many: 800, fewAlone: 2_000, manyAlone: 10_000 },
  },
} as const;

/** What a bridge's queue holds. */
const IN_FLIGHT = 16;
/** So many are asked for at a time. */
const STEP = 1_000;

const PLAIN = "a process that only sends the same bytes on, one event after the other";
const LOOP =
  "the original's loop as the contract has it (4.2), over one connection to the consumer";

export const bridge: Measurement = {
  name: NAME,
  about: "events from the workflows service through producer and consumer to their callbacks",
  measure: async (run) => {
    const counts = run.isShort ? COUNTS.short : COUNTS.full;
    const bridges = await startBridges();
    try {
      return [
        ...(await throughput(bridges, counts, run)),
        ...(await latency(bridges, counts, run)),
        ...(await memory(bridges, counts, run)),
        await memoryAlone(counts, run),
      ];
    } finally {
      await bridges.stop();
    }
  },
};

type Counts = (typeof COUNTS)["full" | "short"];

async function throughput(
  { ours, plain, loop }: Bridges,
  { rounds, perRound, warmUp }: Counts,
  { progress }: Run,
): Promise<Row[]> {
  progress(`${NAME}: warming up`);
  for (const way of [ours, plain, loop]) await way.calls({ count: warmUp, inFlight: IN_FLIGHT });
  const perSecond = async (way: Way): Promise<number> => {
    const { seconds } = await way.calls({ count: perRound, inFlight: IN_FLIGHT });
    return perRound / seconds;
  };
  const samples = { ours: [] as number[], plain: [] as number[], loop: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    progress(`${NAME}: round ${round} of ${rounds}`);
    samples.ours.push(await perSecond(ours));
    samples.plain.push(await perSecond(plain));
    samples.loop.push(await perSecond(loop));
  }
  const row = (what: string, floor: readonly number[], min: number): Row =>
    rowOf(NAME, {
      what: "events",
      unit: "per s",
      ours: samples.ours,
      floor: { what, samples: floor },
      limit: { of: "ratio", min },
    });
  return [row(PLAIN, samples.plain, 0.6), row(LOOP, samples.loop, 1.2)];
}

async function latency(
  { ours, plain }: Bridges,
  { rounds, single }: Counts,
  { progress }: Run,
): Promise<Row[]> {
  const p99 = async (way: Way): Promise<number> =>
    (await way.calls({ count: single, inFlight: 1 })).p99Millis;
  const samples = { ours: [] as number[], plain: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    progress(`${NAME}: one at a time, round ${round} of ${rounds}`);
    samples.ours.push(await p99(ours));
    samples.plain.push(await p99(plain));
  }
  return [
    rowOf(NAME, {
      what: "from event to callback, p99",
      unit: "ms",
      ours: samples.ours,
      floor: { what: PLAIN, samples: samples.plain },
    }),
  ];
}

/** What each role needs after many events, beside what it needed after a few. */
async function memory(
  { ours, liveBytes }: Bridges,
  { few, many }: Counts,
  { progress }: Run,
): Promise<Row[]> {
  const through = async (from: number, to: number) => {
    for (let done = from; done < to; done += STEP) {
      progress(`${NAME}: event ${done} of ${many}`);
      await ours.calls({ count: Math.min(STEP, to - done), inFlight: IN_FLIGHT });
    }
    return liveBytes();
  };
  const afterFew = await through(0, few);
  const afterMany = await through(few, many);
  return (["producer", "consumer"] as const).map((role) =>
    flat(`${role}: memory after ${many} events`, few, afterFew[role], afterMany[role]),
  );
}

/** The same of the bridge's own code, between ports that answer at once: more events than any network brings. */
async function memoryAlone({ fewAlone, manyAlone }: Counts, { progress }: Run): Promise<Row> {
  progress(`${NAME}: ${manyAlone} events in one process`);
  const alone = startHelper("bridge-alone");
  try {
    const question: HeapsQuestion = { marks: [fewAlone, manyAlone] };
    const [afterFew = 0, afterMany = 0] = (await alone.ask(question)) as readonly number[];
    return flat(`memory after ${manyAlone} events alone`, fewAlone, afterFew, afterMany);
  } finally {
    await alone.stop();
  }
}

const MEGABYTE = 1_048_576;

function flat(what: string, few: number, afterFew: number, afterMany: number): Row {
  return rowOf(NAME, {
    what,
    unit: "MB",
    ours: [afterMany / MEGABYTE],
    floor: { what: `the same after ${few} events`, samples: [afterFew / MEGABYTE] },
    limit: { of: "ratio", max: 1.2 },
  });
}
