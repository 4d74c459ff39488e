import { expect } from "chai";
import { bundle } from "../../../infra/bundle/bundle.ts";
import { RoleProcess } from "../../support/role-process.ts";
import { PLAN_RUNNER_ENV } from "./builders.ts";

describe("the plan runner's bundle, under Functions Framework", () => {
  let role: RoleProcess;

  before(async () => {
    const { folder } = await bundle("plan-runner");
    role = await RoleProcess.start(folder, "plan-runner", PLAN_RUNNER_ENV);
  });

  after(() => role.stop("SIGKILL"));

  it("starts, and lets nobody in without a token", async () => {
    const health = await fetch(`${role.url}/healthz`);
    expect([health.status, await health.text()]).to.deep.equal([200, "ok"]);
    for (const path of ["/pubsub/push", "/give-up"]) {
      const headers = { "content-type": "application/json" };
      const { status } = await fetch(`${role.url}${path}`, { method: "POST", headers, body: "{}" });
      expect(status).to.equal(401);
    }
  });
});
