/** scenarioforge's story: a run from its launch to its end, and what no trouble on the way can lose or double. */
import type { Stage } from "../../../demo/stage.ts";
import type { Chapter } from "../../../demo/story.ts";
import { build } from "./calls.ts";

export function chapters(): readonly Chapter<Stage>[] {
  return [launched];
}

const launched: Chapter<Stage> = {
  title: "A run, launched twice",
  why: "Somebody launches a run, and launches it again with the same parameters: the second launch is to find the first run, and the pipeline is to run once.",
  play: async (stage, expect) => {
    const first = await build(stage);
    expect("POST /build", "202", String(first.status));
    const second = await build(stage, {}, { wait: true });
    expect("the same again", first.body.run_id, second.body.run_id);
    expect("why", "in_progress", second.body.reuse_reason ?? "a new run");
    expect("the run", "COMPLETED", second.body.status);
  },
};
