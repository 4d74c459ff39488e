import { expect } from "chai";
import { bundle } from "../../../infra/bundle/bundle.ts";
import { RoleProcess } from "../../support/role-process.ts";
import { ACME_KEY, SCENARIOFORGE_ENV } from "./api.ts";

describe("scenarioforge's bundle, under Functions Framework", () => {
  let role: RoleProcess;

  before(async () => {
    const { folder } = await bundle("scenarioforge");
    const env = { ...SCENARIOFORGE_ENV, SCENARIOOPS_DEFAULT_API_KEY: ACME_KEY };
    role = await RoleProcess.start(folder, "scenarioforge", env);
  });

  after(() => role.stop("SIGKILL"));

  it("starts, says how it is, and launches nothing for nobody", async () => {
    const health = await fetch(`${role.url}/health`);
    const { storage_backend: backend, auth } = (await health.json()) as Record<string, unknown>;
    expect([health.status, backend, auth]).to.deep.equal([200, "gcs", "keys"]);
    const headers = { "content-type": "application/json" };
    const build = await fetch(`${role.url}/build`, { method: "POST", headers, body: "{}" });
    expect(build.status).to.equal(401);
    const nothing = await fetch(`${role.url}/nothing`);
    expect(await nothing.json()).to.deep.include({ detail: "There is nothing at GET /nothing." });
  });
});
