/** What the plan runner adds to OpenTofu's own time: everything from the delivery of a message to its acknowledgement. */
import { findTofu, NO_TOFU } from "../../../local/tofu.ts";
import { startHelper, throwawayFolder, type Helper } from "../children.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";
import type { PushAnswer, PushQuestion } from "../processes/pull-requests.ts";
import { rawPlan } from "../raw-tofu.ts";
import { median } from "../statistics.ts";

const NAME = "plan";
const RUNS = { full: 15, short: 3 } as const;
const SIZES = [2, 400];

/** What may be added to `init`, `plan` and `show`. */
const LIMIT = { share: 0.1, millis: 300 };

const FLOOR = "tofu init, plan and show of the same module";

export const plan: Measurement = {
  name: NAME,
  about: "from a message's delivery to its acknowledgement, beside OpenTofu alone (needs OpenTofu)",
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
      return rows;
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
    const question: PushQuestion = { module: moduleOf(size, version) };
    return (await pullRequest.ask(question)) as PushAnswer;
  };
  progress(`${NAME}: ${size} resources, warming up`);
  await push(0);
  await rawPlan(tofu, folder, moduleOf(size, 0));
  for (let version = 1; version <= runs; version++) {
    progress(`${NAME}: ${size} resources, run ${version} of ${runs}`);
    ours.push(await push(version));
    floor.push(await rawPlan(tofu, folder, moduleOf(size, version)));
  }
  const took = ours.map(({ delivered, checkout }) => delivered - checkout);
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
      ours: ours.map(({ tofu: each }) => each),
      floor: { what: FLOOR, samples: floor },
    }),
  ];
}

/** Of a provider that OpenTofu has built in: nothing is downloaded. */
function moduleOf(size: number, version: number): string {
  return `resource "terraform_data" "one" {
  count = ${size}
  input = { name = "resource-\${count.index}", version = "${size}.${version}" }
}
`;
}
