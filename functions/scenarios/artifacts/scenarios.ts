import * as v from "valibot";
import { Belonging } from "./metadata.ts";
import { Id, Ids, sentences, text } from "./text.ts";

const Told = {
  name: text(160),
  narrative: text(3_000),
  signposts: sentences(1, 8),
  implications: sentences(1, 8),
  no_regret_moves: sentences(1, 8),
  contingent_moves: sentences(1, 8),
};

/** One story for each quadrant that was asked for. */
export const ScenariosAnswer = v.object({
  scenarios: v.pipe(
    v.array(
      v.object({
        scenario_id: Id,
        ...Told,
        evidence_touchpoints: v.object({ cluster_ids: Ids, force_ids: Ids }),
      }),
    ),
    v.minLength(4),
    v.maxLength(4),
  ),
});
export type ScenariosAnswer = v.InferOutput<typeof ScenariosAnswer>;

export const Scenario = v.strictObject({
  scenario_id: Id,
  ...Told,
  /** Axis id to the pole where this scenario is. */
  axis_states: v.record(Id, text(120)),
  evidence_touchpoints: v.strictObject({ cluster_ids: Ids, force_ids: Ids }),
  story_text: v.optional(text(4_000)),
  visual_prompt: v.optional(text(1_200)),
  image_artifact_path: v.optional(v.pipe(v.string(), v.maxLength(200))),
});
export type Scenario = v.InferOutput<typeof Scenario>;

export const Scenarios = v.strictObject({
  ...Belonging,
  axes: v.pipe(v.array(Id), v.length(2)),
  needs_correction: v.boolean(),
  warnings: sentences(0, 20),
  scenarios: v.pipe(v.array(Scenario), v.minLength(4)),
});
export type Scenarios = v.InferOutput<typeof Scenarios>;

/** What a scenario looks and feels like. */
export const MediaAnswer = v.object({ story_text: text(4_000), visual_prompt: text(1_200) });
export type MediaAnswer = v.InferOutput<typeof MediaAnswer>;
