import { expect } from "chai";
import { readEnv } from "../../../functions/runtime/env.ts";
import { WorkerEnv } from "../../../functions/worker/env.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const GOOD = {
  WORKER_NAME: "brain",
  WORKER_PATH: "/process",
  AUDIENCE: "https://brain-1.us-central1.run.app",
  CALLER_SA: "tasks-dispatcher@p.iam.gserviceaccount.com",
  DELIVERIES_BUCKET: "p-worker-deliveries",
  PRIVATE: "true",
};

describe("WorkerEnv", () => {
  it("takes the documented variables", () => {
    expect(readEnv(WorkerEnv, GOOD)).to.deep.equal({
      ...GOOD,
      CLAIM_SECONDS: 8,
      PRIVATE: true,
    });
    expect(readEnv(WorkerEnv, { ...GOOD, PRIVATE: "false" }).PRIVATE).to.equal(false);
  });

  const bad: [difference: Record<string, string>, problem: string][] = [
    [{ WORKER_NAME: "" }, "- WORKER_NAME: must not be empty"],
    [{ WORKER_PATH: "process" }, "- WORKER_PATH: must be a path"],
    [{ WORKER_PATH: "/health" }, "- WORKER_PATH: must not be /health, which is taken"],
    [{ AUDIENCE: `${GOOD.AUDIENCE}/process` }, "- AUDIENCE: must be an origin"],
    [{ CALLER_SA: "x" }, "- CALLER_SA: must be the e-mail address of a service account"],
    [{ DELIVERIES_BUCKET: "" }, "- DELIVERIES_BUCKET: must not be empty"],
    [{ CLAIM_SECONDS: "0" }, "- CLAIM_SECONDS: must be at least 1"],
    [{ PRIVATE: "yes" }, '- PRIVATE: must be "true" or "false"'],
  ];
  for (const [difference, problem] of bad) {
    it(`refuses ${JSON.stringify(difference)}`, async () => {
      const error = await thrownBy(() => readEnv(WorkerEnv, { ...GOOD, ...difference }));
      expect(String(error)).to.include(problem);
    });
  }
});
