// What the run API asks of the worker, as the bodies of tasks.
import * as v from "valibot";
import { NODE_NAMES, RunId, TenantName } from "./scenario-names.ts";

/** Where the tasks of nodes are delivered at the worker. */
export const NODE_PATH = "/node";
/** Where the tasks that look for runs written out of band are. */
export const SWEEP_PATH = "/sweep";

/** One node of one run. Delivered again, it finds what is done and goes on from there. */
export const ScenarioNode = v.object({
  tenant: TenantName,
  run_id: RunId,
  node: v.picklist(NODE_NAMES),
  /**
   * How often the run was set going, from 1. A resume and the takeover of a run that stood still each begin another
   * execution; tasks of an earlier one than run.json names have nothing left to do.
   */
  execution: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** The caller's own LLM key, sealed for this run. Absent: the worker's own, or none for a mock run. */
  sealed_key: v.optional(v.pipe(v.string(), v.maxLength(2_000))),
});
export type ScenarioNode = v.InferOutput<typeof ScenarioNode>;

/** Looks through a tenant's folder for runs that nobody listed. */
export const ScenarioSweep = v.object({ tenant: TenantName });
export type ScenarioSweep = v.InferOutput<typeof ScenarioSweep>;
