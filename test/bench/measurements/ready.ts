/** How long a person waits for `npm run local`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { keep } from "../children.ts";
import { AS_TYPED, startCloud } from "../local-cloud.ts";
import { rowOf, type Measurement } from "../measurement.ts";

const NAME = "ready";
const RUNS = { full: 7, short: 2 } as const;

export const ready: Measurement = {
  name: NAME,
  about: "from `npm run local` to its ready line",
  measure: async ({ isShort, progress }) => {
    const runs = isShort ? RUNS.short : RUNS.full;
    const cloud: number[] = [];
    const empty: number[] = [];
    for (let run = 1; run <= runs; run++) {
      progress(`${NAME}: run ${run} of ${runs}`);
      empty.push(await emptyProcess());
      const { readyMillis, stop } = await startCloud(AS_TYPED);
      await stop();
      cloud.push(readyMillis);
    }
    return [
      rowOf(NAME, {
        what: "npm run local, to the ready line",
        unit: "ms",
        ours: cloud,
        floor: { what: "a Node process that does nothing, start to end", samples: empty },
        limit: { of: "ours", max: 3_000 },
      }),
    ];
  },
};

async function emptyProcess(): Promise<number> {
  const began = performance.now();
  await once(keep(spawn(process.execPath, ["--eval", ""], { stdio: "ignore" })), "exit");
  return performance.now() - began;
}
