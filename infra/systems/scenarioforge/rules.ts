/** The rules between the values of scenarioforge's config. */
import type { Problem } from "../../config/errors.ts";
import type { Written } from "../../config/part.ts";

/** All that is wrong between values, as far as these are well-formed. */
export function brokenScenarioforgeRules(values: Written, isOn: boolean): Problem[] {
  return isOn ? missingKeys(values) : [];
}

function missingKeys({ scenarioAuthRequired, scenarioApiKeys }: Written): Problem[] {
  if (scenarioAuthRequired === false || scenarioAuthRequired === "false") return [];
  if (scenarioApiKeys !== undefined && scenarioApiKeys !== "") return [];
  const rule =
    "must be false where scenarioApiKeys names nobody, and then whoever brings an LLM key of their own gets in";
  return [{ path: "scenarioAuthRequired", found: scenarioAuthRequired ?? true, rule }];
}
