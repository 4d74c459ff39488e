/**
 * What the plan runner adds to OpenTofu's own time, everything from the delivery of a message to its acknowledgement; and
 * what many directories of one head cost beside one.
 */
import { findTofu, NO_TOFU } from "../../../local/systems/plan-runner/tofu.ts";
import { startHelper, throwawayFolder, type Helper } from "../children.ts";
import {
  rowOf,
  type Limit,
  type Measurement,
  type Row,
  type Run,
  type Unit,
} from "../measurement.ts";
import type { PushAnswer, PushQuestion } from "../processes/pull-requests.ts";
import { rawPlan } from "../raw-tofu.ts";
import { median } from "../statistics.ts";

const NAME = "plan";
const RUNS = { full: 15, short: 3 } as const;
const SIZES = [2, 400];

/** What may be added to `init`, `plan` and `show`. */
const LIMIT = { share: 0.1, millis: 300 };

const FLOOR = "tofu init, plan and show of the same module";

const DIRECTORIES = 10;
const HEADS = { full: 7, short: 2 } as const;
const ONE_DIRECTORY = "one directory of such a head";

export const plan: Measurement = {
  name: NAME,
  about: `from a message's delivery to its acknowledgement, beside OpenTofu alone; ${DIRECTORIES} directories beside one (needs OpenTofu)`,
  measure: async (run) => {
    const tofu = findTofu();
    if (tofu === undefined) {
      // Where everything must hold, nothing is left out.
      if (process.env.CI !== undefined) throw new Error(NO_TOFU);
      run.progress(`${NAME}: skipped. ${NO_TOFU}`);
      return [];
    }
    const pullRequest = startHelper("pull-requests");
    try {
      const rows: Row[] = [];
      for (const size of SIZES) rows.push(...(await beside(tofu, pullRequest, size, run)));
      return [...rows, ...(await directories(pullRequest, run))];
    } finally {
      await pullRequest.stop();
    }
  },
};

async function beside(
  tofu: string,
  pullRequest: Helper,
  size: number,
  { isShort, progress }: Run,
): Promise<Row[]> {
  const runs = isShort ? RUNS.short : RUNS.full;
  const folder = throwawayFolder();
  const ours: PushAnswer[] = [];
  const floor: number[] = [];
  const push = async (version: number): Promise<PushAnswer> => {
    const files = { "main.tf": moduleOf(size, version) };
    return ask(pullRequest, { base: { "main.tf": moduleOf(1, 0) }, files, plans: 1 });
  };
  progress(`${NAME}: ${size} resources, warming up`);
  await push(0);
  await rawPlan(tofu, folder, moduleOf(size, 0));
  for (let version = 1; version <= runs; version++) {
    progress(`${NAME}: ${size} resources, run ${version} of ${runs}`);
    ours.push(await push(version));
    floor.push(await rawPlan(tofu, folder, moduleOf(size, version)));
  }
  const took = ours.map(({ delivered, checkout }) => median(delivered) - median(checkout));
  return [
    rowOf(NAME, {
      what: `${size} resources, checkout apart`,
      unit: "ms",
      ours: took,
      floor: { what: FLOOR, samples: floor },
    }),
    rowOf(NAME, {
      what: `${size} resources, what is added`,
      unit: "ms",
      ours: took.map((each, index) => each - (floor[index] ?? 0)),
      limit: { of: "ours", max: LIMIT.millis + LIMIT.share * median(floor) },
    }),
    rowOf(NAME, {
      what: `${size} resources, OpenTofu as the executor runs it`,
      unit: "ms",
      ours: ours.map(({ tofu: each }) => median(each)),
      floor: { what: FLOOR, samples: floor },
    }),
  ];
}

/** Heads that change many directories in turn with such that change one. */
async function directories(pullRequest: Helper, { isShort, progress }: Run): Promise<Row[]> {
  const heads = isShort ? HEADS.short : HEADS.full;
  const names = Array.from({ length: DIRECTORIES }, (_, index) => `d${index}/main.tf`);
  const base = Object.fromEntries(names.map((name) => [name, moduleOf(2, 0)]));
  let version = 0;
  const push = (count: number): Promise<PushAnswer> => {
    version += 1;
    const changed = names.slice(0, count).map((name) => [name, moduleOf(2, version)] as const);
    const files = { ...base, ...Object.fromEntries(changed) };
    return ask(pullRequest, { base, files, plans: count });
  };
  progress(`${NAME}: ${DIRECTORIES} directories, warming up`);
  await push(DIRECTORIES);
  const [many, one]: [PushAnswer[], PushAnswer[]] = [[], []];
  for (let head = 1; head <= heads; head++) {
    progress(`${NAME}: ${DIRECTORIES} directories, head ${head} of ${heads}`);
    many.push(await push(DIRECTORIES));
    one.push(await push(1));
  }
  const row = (what: string, unit: Unit, of: (answer: PushAnswer) => number, limit?: Limit): Row =>
    rowOf(NAME, {
      what: `${DIRECTORIES} directories of one head, ${what}`,
      unit,
      ours: many.map(of),
      floor: { what: ONE_DIRECTORY, samples: one.map(of) },
      ...(limit && { limit }),
    });
  return [
    row("downloads", "requests", ({ downloads }) => downloads, { of: "ratio", max: 1 }),
    row("from the push to the last plan", "ms", ({ all }) => all),
    row("checkout of each", "ms", ({ checkout }) => median(checkout)),
  ];
}

async function ask(pullRequest: Helper, question: PushQuestion): Promise<PushAnswer> {
  return (await pullRequest.ask(question)) as PushAnswer;
}

/** Of a provider that OpenTofu has built in: nothing is downloaded. */
function moduleOf(size: number, version: number): string {
  return `resource "terraform_data" "one" {
  count = ${size}
  input = { name = "resource-\${count.index}", version = "${size}.${version}" }
}
`;
}
