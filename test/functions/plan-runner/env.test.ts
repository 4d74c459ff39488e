import { expect } from "chai";
import { PlanRunnerEnv } from "../../../functions/plan-runner/env.ts";
import { EnvError, readEnv } from "../../../functions/runtime/env.ts";
import { thrownBy } from "../../support/thrown-by.ts";
import { PLAN_RUNNER_ENV } from "./builders.ts";

describe("PlanRunnerEnv", () => {
  it("has the defaults that its description names", () => {
    expect(readEnv(PlanRunnerEnv, PLAN_RUNNER_ENV)).to.deep.equal({
      ...PLAN_RUNNER_ENV,
      PRIVATE: true,
      GITHUB_API_BASE_URL: "https://api.github.com",
      LEASE_SECONDS: 60,
      LEASE_RENEW_SECONDS: 20,
      COMMENT_LEASE_SECONDS: 60,
      PLAN_SECONDS: 540,
      COMMENT_MAX_CHARACTERS: 60_000,
      COMMENT_MAX_PARTS: 5,
      PLAN_LINKS: false,
    });
  });

  const bad: [difference: Record<string, string>, problem: string][] = [
    [{ GITHUB_APP_ID: "x" }, "- GITHUB_APP_ID: must be the App's id, digits only"],
    [{ APP_KEY_SECRET: "plan-app-key" }, "- APP_KEY_SECRET: must be a secret's version"],
    [{ EXECUTOR_URL: "https://e.run.app/plan" }, "- EXECUTOR_URL: must be an origin"],
    [{ PUSH_SA: "push" }, "- PUSH_SA: must be the e-mail address of a service account"],
    [{ PRIVATE: "yes" }, '- PRIVATE: must be "true" or "false"'],
    [{ PLAN_SECONDS: "5" }, "- PLAN_SECONDS: must be at least 10"],
    [{ COMMENT_MAX_CHARACTERS: "65537" }, "- COMMENT_MAX_CHARACTERS: must be at most 65536"],
    [{ LEASE_RENEW_SECONDS: "60" }, "- LEASE_RENEW_SECONDS: must be shorter than both leases"],
  ];
  for (const [difference, problem] of bad) {
    it(`refuses ${JSON.stringify(difference)}`, async () => {
      const error = await thrownBy(() =>
        readEnv(PlanRunnerEnv, { ...PLAN_RUNNER_ENV, ...difference }),
      );
      expect(error).to.be.instanceOf(EnvError);
      expect((error as Error).message.split("\n").slice(1)).to.deep.equal([problem]);
    });
  }
});
