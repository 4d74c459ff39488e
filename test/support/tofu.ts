import { NO_TOFU, findTofu } from "../../local/systems/plan-runner/tofu.ts";

/** OpenTofu on this machine; undefined where there is none. */
export const TOFU = findTofu();

/**
 * To be called first in a suite that needs it: without it the suite is skipped, its hooks included, and one line says so.
 */
export function needsTofu(suite: Mocha.Suite): void {
  if (TOFU !== undefined) return;
  suite.pending = true;
  console.log(`${suite.fullTitle()} is skipped: ${NO_TOFU}`);
}
