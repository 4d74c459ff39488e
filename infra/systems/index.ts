/** The systems that there are: adding one is a folder beside this file, and a line here. */
import type { System } from "../system.ts";
import { enqueuer } from "./enqueuer/index.ts";
import { planRunner } from "./plan-runner/index.ts";
import type { SystemName } from "../config/config.ts";

export const SYSTEMS: Readonly<Record<SystemName, System>> = {
  enqueuer,
  "plan-runner": planRunner,
};
