import * as v from "valibot";
import { Belonging } from "./metadata.ts";
import { Id, Ids, sentences, text } from "./text.ts";

const Score = v.pipe(v.number(), v.minValue(0), v.maxValue(5));

export const AxisAnswer = v.object({
  axis_name: text(120),
  pole_a: text(120),
  pole_b: text(120),
  impact_score: Score,
  uncertainty_score: Score,
  tension_basis: v.object({ cluster_ids: Ids, force_ids: Ids }),
  what_would_change_mind: sentences(1, 6),
  independence_notes: text(400),
});

export const MIN_AXES = 6;
export const MAX_AXES = 10;

export const AxesAnswer = v.object({
  axes: v.pipe(v.array(AxisAnswer), v.minLength(MIN_AXES), v.maxLength(MAX_AXES)),
});
export type AxesAnswer = v.InferOutput<typeof AxesAnswer>;

export const Axis = v.strictObject({
  axis_id: Id,
  ...AxisAnswer.entries,
  tension_basis: v.strictObject({ cluster_ids: Ids, force_ids: Ids }),
});
export type Axis = v.InferOutput<typeof Axis>;

export const UncertaintyAxes = v.strictObject({
  ...Belonging,
  axes: v.pipe(v.array(Axis), v.minLength(MIN_AXES), v.maxLength(MAX_AXES)),
  /** The two that span the scenarios. */
  selected_axis_ids: v.pipe(v.array(Id), v.length(2)),
});
export type UncertaintyAxes = v.InferOutput<typeof UncertaintyAxes>;
