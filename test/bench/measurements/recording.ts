/** What it takes to run the program without a cloud, and how that grows with the number of workers. */
import { untoldSecrets } from "../../../infra/config/secrets.ts";
import { readStackFile } from "../../../infra/config/stack-file.ts";
import { SYSTEMS } from "../../../infra/systems/index.ts";
import { standIn } from "../../support/recorded.ts";
import { startHelper } from "../children.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";
import type { LoadedAnswer } from "../processes/load-pulumi.ts";
import type { RecordAnswer, RecordQuestion } from "../processes/record-program.ts";

const NAME = "recording";
const RUNS = { full: 7, short: 2 } as const;
const FEW = 10;
const MANY = 100;
const HALF = (FEW + MANY) / 2;

const secrets: RecordQuestion["secrets"] = Object.fromEntries(
  untoldSecrets(readStackFile("dev"), SYSTEMS).map((key) => [key, standIn(key)]),
);

/** The second half of the workers beside the first: 1 where the time grows linearly, 2.4 where it grows with the square. */
const MAX_GROWTH = 1.5;

export const recording: Measurement = {
  name: NAME,
  about: `the program of the dev stack, and with ${FEW} and ${MANY} workers`,
  measure: async (run) => [...(await devStack(run)), ...(await growth(run))],
};

/** A process for each run: what a person waits for begins with loading Pulumi. */
async function devStack({ isShort, progress }: Run): Promise<Row[]> {
  const runs = isShort ? RUNS.short : RUNS.full;
  const ours: RecordAnswer[] = [];
  const floor: number[] = [];
  for (let run = 1; run <= runs; run++) {
    progress(`${NAME}: dev stack, run ${run} of ${runs}`);
    floor.push(((await once("load-pulumi", {})) as LoadedAnswer).sinceStartMillis);
    ours.push((await once("record-program", { secrets })) as RecordAnswer);
  }
  return [
    rowOf(NAME, {
      what: "dev stack, from the start of a process",
      unit: "ms",
      ours: ours.map(({ sinceStartMillis }) => sinceStartMillis),
      floor: { what: "a process that only loads Pulumi", samples: floor },
      limit: { of: "ours", max: 2_000 },
    }),
    rowOf(NAME, {
      what: "dev stack, when all is loaded",
      unit: "ms",
      ours: ours.map(({ millis }) => millis),
    }),
  ];
}

async function once(helper: string, question: object): Promise<unknown> {
  const { ask, stop } = startHelper(helper);
  try {
    return await ask(question);
  } finally {
    await stop();
  }
}

async function growth({ isShort, progress }: Run): Promise<Row[]> {
  const runs = isShort ? RUNS.short : RUNS.full;
  const helper = startHelper("record-program");
  const record = async (workers: number): Promise<RecordAnswer> => {
    const question: RecordQuestion = { secrets, workers };
    return (await helper.ask(question)) as RecordAnswer;
  };
  const few: RecordAnswer[] = [];
  const half: RecordAnswer[] = [];
  const many: RecordAnswer[] = [];
  try {
    // The first recordings also load and compile what they use.
    await record(FEW);
    await record(MANY);
    for (let run = 1; run <= runs; run++) {
      progress(`${NAME}: ${FEW} to ${MANY} workers, run ${run} of ${runs}`);
      few.push(await record(FEW));
      half.push(await record(HALF));
      many.push(await record(MANY));
    }
  } finally {
    await helper.stop();
  }
  const floor = `the same with ${FEW}`;
  return [
    rowOf(NAME, {
      what: `${MANY} workers`,
      unit: "ms",
      ours: millisOf(many),
      floor: { what: floor, samples: millisOf(few) },
      limit: { of: "ratio", max: MANY / FEW },
    }),
    rowOf(NAME, {
      what: `workers ${HALF + 1} to ${MANY} of them`,
      unit: "ms",
      ours: differences(many, half),
      floor: { what: `workers ${FEW + 1} to ${HALF} of them`, samples: differences(half, few) },
      limit: { of: "ratio", max: MAX_GROWTH },
    }),
    rowOf(NAME, {
      what: `resources of ${MANY} workers`,
      unit: "resources",
      ours: many.map(({ resources }) => resources),
      floor: { what: floor, samples: few.map(({ resources }) => resources) },
    }),
  ];
}

function millisOf(answers: readonly RecordAnswer[]): number[] {
  return answers.map(({ millis }) => millis);
}

function differences(more: readonly RecordAnswer[], less: readonly RecordAnswer[]): number[] {
  return more.map(({ millis }, index) => millis - (less[index]?.millis ?? 0));
}
