/** `npm run bench`: every measurement chosen, one after the other, then one table. */
import { availableParallelism, cpus } from "node:os";
import { UsageError } from "../../infra/commands/arguments.ts";
import type { Measurement, Row } from "./measurement.ts";
import { access } from "./measurements/access.ts";
import { bridge } from "./measurements/bridge.ts";
import { coldStart } from "./measurements/cold-start.ts";
import { dispatch } from "./measurements/dispatch.ts";
import { enqueue } from "./measurements/enqueue.ts";
import { memory } from "./measurements/memory.ts";
import { instance } from "./measurements/instance.ts";
import { page } from "./measurements/page.ts";
import { plan } from "./measurements/plan.ts";
import { ready } from "./measurements/ready.ts";
import { recording } from "./measurements/recording.ts";
import { runs } from "./measurements/runs.ts";
import { helpOf, parseOptions, type BenchOptions } from "./options.ts";
import { tableOf } from "./table.ts";

const MEASUREMENTS: readonly Measurement[] = [
  ...[
    enqueue,
    instance,
    coldStart,
    dispatch,
    memory,
    bridge,
    runs,
    plan,
    recording,
    access,
    ready,
    page,
  ],
];

try {
  const options = parseOptions(process.argv.slice(2), MEASUREMENTS);
  if (options.wantsHelp) console.log(helpOf(MEASUREMENTS));
  else await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function run({ chosen, isJson, isShort }: BenchOptions): Promise<void> {
  const rows: Row[] = [];
  for (const { measure } of chosen) {
    rows.push(...(await measure({ isShort, progress: (message) => console.error(message) })));
  }
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processors: availableParallelism(),
    model: cpus()[0]?.model ?? "",
  };
  if (isJson) {
    console.log(JSON.stringify({ machine, short: isShort, rows }));
    return;
  }
  const { node, platform, processors, model } = machine;
  console.log(
    `\nNode ${node}, ${platform}, ${processors} × ${model}, medians of alternating rounds`,
  );
  if (isShort) console.log("A short run: it shows that everything works, not how fast.");
  console.log(`\n${tableOf(rows, process.stdout)}`);
}
