import { expect } from "chai";
import { PlanAppEnv } from "../../../functions/plan-app/env.ts";
import { readEnv } from "../../../functions/runtime/env.ts";
import { PLAN_APP_ENV } from "../../support/plan-app-env.ts";
import { thrownBy } from "../../support/thrown-by.ts";

describe("PlanAppEnv", () => {
  it("has GitHub's own address and 8 s for defaults", () => {
    expect(readEnv(PlanAppEnv, PLAN_APP_ENV)).to.deep.equal({
      ...PLAN_APP_ENV,
      GITHUB_API_BASE_URL: "https://api.github.com",
      GITHUB_BUDGET_SECONDS: 8,
    });
  });

  const wrong: [name: string, value: string][] = [
    ["PROJECT_ID", ""],
    ["PUBSUB_TOPIC_PLAN", ""],
    ["GITHUB_APP_ID", "switchyard"],
    ["GITHUB_API_BASE_URL", "api.github.com"],
    ["GITHUB_WEBHOOK_SECRET", ""],
    ["APP_KEY_SECRET", "plan-app-key"],
    ["STATE_BUCKET", ""],
    ["GITHUB_BUDGET_SECONDS", "0"],
  ];
  for (const [name, value] of wrong) {
    it(`refuses ${name}=${value}, and does not repeat it`, async () => {
      const error = await thrownBy(() => readEnv(PlanAppEnv, { ...PLAN_APP_ENV, [name]: value }));
      expect(error)
        .to.have.property("message")
        .that.matches(new RegExp(`\n- ${name}: must `));
    });
  }
});
