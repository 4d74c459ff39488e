/** What is read of the service's answers, and of what it keeps. */
import * as v from "valibot";

export const Listed = v.object({
  runs: v.array(v.string()),
  labels: v.record(v.string(), v.string()),
});

const NodeStatus = v.looseObject({
  status: v.string(),
  attempt: v.number(),
  error: v.nullish(v.string()),
});

export const RunJson = v.looseObject({
  status: v.string(),
  is_final: v.boolean(),
  node_status: v.record(v.string(), NodeStatus),
  error: v.nullish(v.string()),
});
export type RunJson = v.InferOutput<typeof RunJson>;

export const ShownRun = v.object({ meta: RunJson, artifacts: v.array(v.string()) });

/** The answer to a build. */
export const Built = v.object({
  run_id: v.string(),
  reused: v.boolean(),
  reuse_reason: v.nullable(v.string()),
  existing_run_id: v.nullable(v.string()),
  signature: v.string(),
});

export const ViewModel = v.looseObject({
  run_meta: v.looseObject({ status: v.string(), node_status: v.record(v.string(), NodeStatus) }),
});

export const Events = v.object({
  entries: v.array(v.looseObject({ node: v.string(), status: v.string(), attempt: v.number() })),
});

export function isoTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
