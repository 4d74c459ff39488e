import * as v from "valibot";
import { parsedJson, timestamp } from "./json.ts";
import { latestPath } from "./paths.ts";
import type { Run } from "./run.ts";
import { NOTHING, type RunStore } from "./run-store.ts";
import { backOff, jsonContent, type ContentionPorts } from "./runs.ts";

const MAX_ATTEMPTS = 10;

/** latest.json: the run that ended last (scenarioforge contract, 2.7). Where it is gone or deleted, readers look on. */
export const Latest = v.looseObject({
  run_id: v.string(),
  status: v.optional(v.string()),
  updated_at: v.optional(v.string(), ""),
  error_summary: v.nullish(v.string()),
});
export type Latest = v.InferOutput<typeof Latest>;

export async function readLatest(store: RunStore): Promise<Latest | undefined> {
  const stored = await store.get(latestPath);
  const latest = stored === undefined ? undefined : v.safeParse(Latest, parsedJson(stored.bytes));
  return latest?.success === true ? latest.output : undefined;
}

/** Makes a run the latest, unless one that ended later is: whoever comes late does not turn it back. */
export async function announce(
  store: RunStore,
  runId: string,
  run: Run,
  ports: ContentionPorts,
): Promise<void> {
  const endedAt = run.completed_at ?? timestamp(0);
  const latest: Latest = {
    run_id: runId,
    updated_at: endedAt,
    status: run.status === "FAILED" ? "FAIL" : "OK",
    command: "run-graph",
    ...(run.error !== undefined && run.error !== null && { error_summary: run.error }),
  };
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const stored = await store.get(latestPath);
    const before = v.safeParse(Latest, parsedJson(stored?.bytes ?? ""));
    if (before.success && before.output.updated_at >= endedAt) return;
    const over = stored?.generation ?? NOTHING;
    if ((await store.put(latestPath, jsonContent(latest), over)) !== undefined) return;
    await backOff(attempt, ports);
  }
  throw new Error("latest.json changes all the time.");
}
