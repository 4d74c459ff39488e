/** scenarioforge's part of a stack's config. */
import type { ConfigOf } from "../../config/config.ts";
import type { ConfigPart } from "../../config/part.ts";
import { KEYS } from "./keys.ts";
import { FUNCTIONS } from "./names.ts";
import { brokenScenarioforgeRules } from "./rules.ts";

export const CONFIG = {
  keys: KEYS,
  check: brokenScenarioforgeRules,
  functions: () => Object.values(FUNCTIONS).map((name) => ({ name })),
} satisfies ConfigPart;

export type ScenarioforgeConfig = ConfigOf<typeof CONFIG>;

/** Whether keys of the stack's own let in. */
export function hasApiKeys({ scenarioApiKeys }: ScenarioforgeConfig): boolean {
  return !scenarioApiKeys.isEmpty;
}
