/** The plan runner's part of a stack's config. */
import type { ConfigOf } from "../../config/config.ts";
import type { ConfigPart } from "../../config/part.ts";
import { KEYS } from "./keys.ts";
import { FUNCTIONS } from "./names.ts";
import { brokenPlanRules } from "./rules.ts";

export const CONFIG = {
  keys: KEYS,
  check: brokenPlanRules,
  functions: () => Object.values(FUNCTIONS).map((name) => ({ name })),
} satisfies ConfigPart;

export type PlanRunnerConfig = ConfigOf<typeof CONFIG>;
