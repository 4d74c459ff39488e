/** What a page of runs costs: beside one of a small bucket, and beside reading every run as the original does. */
import { DEFAULT_LIMIT } from "../../../functions/scenarioforge/listing.ts";
import { startHelper, type Helper } from "../children.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";
import type { ListAnswer, ListQuestion } from "../processes/run-lists.ts";
import type { RunStorageAnswer, RunStorageQuestion } from "../processes/run-storage.ts";

const NAME = "runs";
const PREFIX = "scenarioforge/runs";
/** Runs of three tenants; `some` are those that the floor reads each. */
const COUNTS = {
  full: { few: 1_000, some: 2_000, many: 100_000, rounds: 7, pages: 40, warmUp: 200 },
  short: { few: 100, some: 200, many: 2_000, rounds: 2, pages: 5, warmUp: 5 },
} as const;

/** A page costs no more where there are a hundred times as many runs. */
const MAX_GROWTH = 1.3;
const MAX_OF_READS = 0.05;
const MAX_REQUESTS = 3;

export const runs: Measurement = {
  name: NAME,
  about: "a page of GET /runs, beside a small bucket and beside a read for each run",
  measure: async (run) => {
    const { few, some, many } = countsOf(run);
    const storage = startHelper("run-storage");
    const lists = startHelper("run-lists");
    try {
      run.progress(`${NAME}: writing ${few + some + many} runs`);
      const question: RunStorageQuestion = { prefix: PREFIX, tenants: { few, some, many } };
      const place = (await storage.ask(question)) as RunStorageAnswer;
      return await rounds(place, lists, run);
    } finally {
      await Promise.all([storage.stop(), lists.stop()]);
    }
  },
};

async function rounds(place: RunStorageAnswer, lists: Helper, run: Run): Promise<Row[]> {
  const { few, some, many, rounds, pages, warmUp } = countsOf(run);
  const ask = async (tenant: string, how: ListQuestion["how"], times: number) => {
    const question: ListQuestion = { ...place, prefix: PREFIX, tenant, how, times };
    const answer = (await lists.ask(question)) as ListAnswer;
    const expected = how === "page" ? DEFAULT_LIMIT : some;
    if (answer.runs === expected) return answer;
    throw new Error(`${answer.runs} runs were listed in place of ${expected}.`);
  };
  for (const tenant of ["few", "some", "many"]) await ask(tenant, "page", warmUp);
  const pagesOfFew: ListAnswer[] = [];
  const pagesOfSome: ListAnswer[] = [];
  const pagesOfMany: ListAnswer[] = [];
  const reads: ListAnswer[] = [];
  for (let round = 1; round <= rounds; round++) {
    run.progress(`${NAME}: round ${round} of ${rounds}`);
    pagesOfFew.push(await ask("few", "page", pages));
    pagesOfMany.push(await ask("many", "page", pages));
    pagesOfSome.push(await ask("some", "page", pages));
    reads.push(await ask("some", "each", 1));
  }
  return [
    rowOf(NAME, {
      what: `a page, of ${many} runs`,
      unit: "ms",
      ours: millisOf(pagesOfMany),
      floor: { what: `the same of ${few} runs`, samples: millisOf(pagesOfFew) },
      limit: { of: "ratio", max: MAX_GROWTH },
    }),
    rowOf(NAME, {
      what: `a page, of ${some} runs`,
      unit: "ms",
      ours: millisOf(pagesOfSome),
      floor: { what: "a list of all objects and a read for each run", samples: millisOf(reads) },
      limit: { of: "ratio", max: MAX_OF_READS },
    }),
    rowOf(NAME, {
      what: `requests of a page to Cloud Storage, of ${many} runs`,
      unit: "requests",
      ours: pagesOfMany.map(({ requests }) => requests),
      limit: { of: "ours", max: MAX_REQUESTS },
    }),
  ];
}

function millisOf(answers: readonly ListAnswer[]): number[] {
  return answers.flatMap(({ millis }) => millis);
}

function countsOf({ isShort }: Run) {
  return isShort ? COUNTS.short : COUNTS.full;
}
