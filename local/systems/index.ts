/** The systems that there are: adding one is a folder beside this file, and a line here, which the compiler asks for. */
import type { SystemName } from "../declared/record.ts";
import { enqueuer } from "./enqueuer/index.ts";
import { planRunner } from "./plan-runner/index.ts";
import { producer } from "./producer/index.ts";
import { scenarioforge } from "./scenarioforge/index.ts";
import type { LocalSystem } from "./system.ts";

export const SYSTEMS: Readonly<Record<SystemName, LocalSystem>> = {
  enqueuer,
  "plan-runner": planRunner,
  producer,
  scenarioforge,
};
