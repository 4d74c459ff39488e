/** The stories of every system, for those who run them all. */
import type { Story } from "../support/story.ts";
import { stories as enqueuer } from "./enqueuer/stories.ts";
import { refusals as planRunnerRefusals } from "./plan-runner/refusals.ts";
import { stories as planRunner } from "./plan-runner/stories.ts";
import { refusals as producerRefusals } from "./producer/refusals.ts";
import { stories as producer } from "./producer/stories.ts";
import { refusals as scenarioforgeRefusals } from "./scenarioforge/refusals.ts";
import { stories as scenarioforge } from "./scenarioforge/stories.ts";

export const STORIES: readonly Story[] = [
  ...enqueuer,
  ...planRunner,
  ...producer,
  ...scenarioforge,
];

/** What conditions keep from happening: each story is that something is refused. */
export const REFUSALS: readonly Story[] = [
  ...planRunnerRefusals,
  ...producerRefusals,
  ...scenarioforgeRefusals,
];
