import { expect } from "chai";
import * as v from "valibot";
import { PlanExecutionResult } from "../../../functions/messages/plan-execution.ts";

const timings = {
  git_fetch_ms: 1,
  git_checkout_ms: 2,
  tofu_init_ms: 3,
  tofu_plan_ms: 4,
  tofu_show_ms: 5,
};

describe("PlanExecutionResult", () => {
  it("may be of an executor that tells nothing of checks and warnings yet", () => {
    const counts = { add: 1, change: 0, destroy: 0, replace: 0, import: 0, forget: 0, move: 0 };
    const summary = { ...counts, drift: 0, outputs: 0, destroys: [], violations: [] };
    const planned = { outcome: "planned", summary, text: "", omitted_bytes: 0, timings };
    expect(v.parse(PlanExecutionResult, planned)).to.deep.equal({
      ...planned,
      summary: { ...summary, failed_checks: 0, failures: [], warnings: 0 },
    });
    const failed = { outcome: "failed", step: "tofu plan", error: "no", timings };
    expect(v.parse(PlanExecutionResult, failed)).to.deep.equal(failed);
  });
});
