/** The systems that there are: adding one is a folder beside this file, and a line here. */
import type { ConfigOfAll } from "../config/config.ts";
import type { Systems } from "../system.ts";
import { enqueuer } from "./enqueuer/index.ts";
import { planRunner } from "./plan-runner/index.ts";
import { producer } from "./producer/index.ts";
import { scenarioforge } from "./scenarioforge/index.ts";

export const SYSTEMS = {
  enqueuer,
  "plan-runner": planRunner,
  producer,
  scenarioforge,
} satisfies Systems;

export type SystemName = keyof typeof SYSTEMS;

/** What the program is told about a stack, whichever of the systems it runs. */
export type StackConfig = ConfigOfAll<typeof SYSTEMS>;
