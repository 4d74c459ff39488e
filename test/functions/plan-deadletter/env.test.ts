import { expect } from "chai";
import { PlanDeadletterEnv } from "../../../functions/plan-deadletter/env.ts";
import { readEnv } from "../../../functions/runtime/env.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const ENV = {
  PROJECT_ID: "p",
  AUDIENCE: "https://plan-deadletter-1.us-central1.run.app",
  PUSH_SA: "pubsub-push-sa@p.iam.gserviceaccount.com",
  PRIVATE: "true",
  STATE_BUCKET: "p-plan-state",
  RUNNER_URL: "https://plan-runner-1.us-central1.run.app",
};

describe("PlanDeadletterEnv", () => {
  it("reads a complete environment", () => {
    expect(readEnv(PlanDeadletterEnv, ENV)).to.deep.equal({ ...ENV, PRIVATE: true });
  });

  const wrong: [name: string, value: string][] = [
    ["PROJECT_ID", ""],
    ["AUDIENCE", `${ENV.AUDIENCE}/pubsub/push`],
    ["PUSH_SA", "pubsub-push-sa"],
    ["PRIVATE", "yes"],
    ["STATE_BUCKET", ""],
    ["RUNNER_URL", `${ENV.RUNNER_URL}/`],
  ];
  for (const [name, value] of wrong) {
    it(`refuses ${name}=${value}`, async () => {
      const error = await thrownBy(() => readEnv(PlanDeadletterEnv, { ...ENV, [name]: value }));
      expect(error)
        .to.have.property("message")
        .that.matches(new RegExp(`\n- ${name}: must `));
    });
  }
});
