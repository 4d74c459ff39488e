/** What the first request to a new instance waits for. */
import { ENQUEUE, prepareEnqueuer } from "../enqueuer.ts";
import { rowOf, type Measurement } from "../measurement.ts";
import type { FirstRequest } from "../role.ts";

const NAME = "cold-start";
const RUNS = { full: 11, short: 3 } as const;
const HEALTH: FirstRequest = { method: "GET", path: "/health" };

export const coldStart: Measurement = {
  name: NAME,
  about: "from the start of the enqueuer's process to its first 200",
  measure: async ({ isShort, progress }) => {
    const bench = await prepareEnqueuer("empty");
    const first = async (what: "enqueuer" | "empty", request: FirstRequest): Promise<number> => {
      const role = await bench.start(what);
      try {
        return await role.firstAnswer(request);
      } finally {
        await role.stop();
      }
    };
    const empty: number[] = [];
    const health: number[] = [];
    const task: number[] = [];
    try {
      // Once for nobody: files come from the disk then, and from memory afterwards.
      await first("empty", HEALTH);
      await first("enqueuer", ENQUEUE);
      const runs = isShort ? RUNS.short : RUNS.full;
      for (let run = 1; run <= runs; run++) {
        progress(`${NAME}: run ${run} of ${runs}`);
        empty.push(await first("empty", HEALTH));
        health.push(await first("enqueuer", HEALTH));
        task.push(await first("enqueuer", ENQUEUE));
      }
    } finally {
      await bench.stop();
    }
    const floor = { what: "an empty function's first 200", samples: empty };
    return [
      rowOf(NAME, {
        what: "to the first 200 of /health",
        unit: "ms",
        ours: health,
        floor,
        limit: { of: "ratio", max: 1.3 },
      }),
      rowOf(NAME, {
        what: "to the first enqueued task",
        unit: "ms",
        ours: task,
        floor,
        limit: { of: "ratio", max: 2.5 },
      }),
    ];
  },
};
