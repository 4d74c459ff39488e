/** What the local cloud keeps of tasks that are done: what it needs after many, less what it needs after a few. */
import { startHelper } from "../children.ts";
import { liveBytes } from "../live-memory.ts";
import { INSPECTED, startCloud, type StartedCloud } from "../local-cloud.ts";
import { rowOf, type Measurement } from "../measurement.ts";
import type { LoadRequest } from "../processes/load.ts";

const NAME = "memory";
/** By the few, everything is loaded and warm. */
const COUNTS = { full: { few: 4_000, many: 40_000 }, short: { few: 300, many: 600 } } as const;

/** So many are waited for at a time. */
const STEP = 500;
const CONNECTIONS = 8;

/** Bytes: the task's name, which stays taken for an hour, and the sample worker's note of its delivery in a bucket. */
const MAX_PER_TASK = 1_500;

export const memory: Measurement = {
  name: NAME,
  about: "what the local cloud keeps of tasks that are done",
  measure: async ({ isShort, progress }) => {
    const { few, many } = isShort ? COUNTS.short : COUNTS.full;
    const cloud = await startCloud(INSPECTED);
    const load = startHelper("load");
    const send = async (from: number, to: number): Promise<number> => {
      for (let first = from; first < to; first += STEP) {
        progress(`${NAME}: task ${first} of ${many}`);
        const count = Math.min(STEP, to - first);
        const request = requestTo(cloud, first, count);
        await Promise.all([cloud.tasksDone(count), load.ask(request)]);
      }
      if (cloud.inspector === undefined) throw new Error("The local cloud has no inspector.");
      return liveBytes(cloud.inspector);
    };
    try {
      const afterFew = await send(0, few);
      const afterMany = await send(few, many);
      return [
        rowOf(NAME, {
          what: "kept per task",
          unit: "B",
          ours: [(afterMany - afterFew) / (many - few)],
          limit: { of: "ours", max: MAX_PER_TASK },
        }),
      ];
    } finally {
      await Promise.all([load.stop(), cloud.stop()]);
    }
  },
};

/** From the enqueuer through its queue to the sample worker: all that the local cloud does for a task. */
function requestTo({ entryPoints }: StartedCloud, first: number, count: number): LoadRequest {
  const enqueuer = entryPoints.find(({ role }) => role === "enqueuer");
  if (enqueuer === undefined) throw new Error("The dev stack has no enqueuer.");
  return {
    url: `${enqueuer.url}/enqueue`,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      service: "brain",
      payload: { input_doc_id: "DOC-1" },
      idempotency_key: "CASE-{n}",
    }),
    connections: CONNECTIONS,
    count,
    first,
  };
}
