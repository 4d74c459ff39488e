/** The keys of the platform and of all its systems, and what follows from them. */
import { ENQUEUER_KEYS } from "../systems/enqueuer/config.ts";
import { brokenEnqueuerRules } from "../systems/enqueuer/rules.ts";
import { PLAN_RUNNER_KEYS } from "../systems/plan-runner/config.ts";
import { brokenPlanRules } from "../systems/plan-runner/rules.ts";
import type { Keys } from "./key.ts";
import { PLATFORM_KEYS } from "./platform-keys.ts";

export const KEYS = { ...PLATFORM_KEYS, ...ENQUEUER_KEYS, ...PLAN_RUNNER_KEYS };

const all: Keys = KEYS;

/** Keys that Pulumi hands over as they were typed; the others are JSON. */
export const TEXT_KEYS: readonly string[] = Object.keys(all).filter((name) => all[name]?.isText);

/** Keys whose digits are no number. */
export const QUOTED_KEYS: readonly string[] = Object.keys(all).filter(
  (name) => all[name]?.isQuoted,
);

/** The rules between values, system by system. */
export const CHECKS = [brokenEnqueuerRules, brokenPlanRules] as const;
