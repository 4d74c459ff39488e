import { isolationOf } from "../../../functions/plan-executor/adapters/isolation.ts";
import { PATH } from "../../../functions/plan-executor/adapters/tofu.ts";

/** To be called first in a suite that needs it: where this machine allows no isolation the suite is skipped, and one line says so. */
export function needsIsolation(suite: Mocha.Suite): void {
  suite.beforeAll(async function skipWithoutIsolation() {
    if ((await isolationOf(PATH)).isWhole) return;
    console.log("      skipped: this machine lets its user make no process table (unshare(1))");
    this.skip();
  });
}
