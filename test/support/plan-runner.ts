/** The plan runner's outside world as a test wants it. */
import { planRunner } from "../../local/systems/plan-runner/index.ts";
import type { PlanRunnerSettings } from "../../local/systems/plan-runner/settings.ts";
import type { PlatformOptions } from "./platform.ts";

export function planRunnerWith(
  settings: Partial<PlanRunnerSettings>,
): Pick<PlatformOptions, "attaching"> {
  return { attaching: { "plan-runner": planRunner.attaches(settings) } };
}
