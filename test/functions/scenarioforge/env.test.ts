import { expect } from "chai";
import { readEnv } from "../../../functions/runtime/env.ts";
import { ScenarioforgeWorkerEnv } from "../../../functions/scenarioforge-worker/env.ts";
import { ScenarioforgeEnv } from "../../../functions/scenarioforge/env.ts";
import { thrownBy } from "../../support/thrown-by.ts";
import { KEYED, SCENARIOFORGE_ENV } from "./api.ts";

describe("ScenarioforgeEnv", () => {
  it("has the document's defaults", () => {
    expect(readEnv(ScenarioforgeEnv, SCENARIOFORGE_ENV)).to.deep.include({
      RUN_STORE: "gcs",
      RUNS_DIR: "/tmp/scenarioops/runs",
      RUNS_PREFIX: "scenarioforge/runs",
      VECTOR_STORE: "off",
      SCENARIOOPS_PIPELINE_VERSION: "v1",
      SCENARIOOPS_VERSION: "",
      SCENARIOOPS_DEFAULT_TENANT: "public",
      SCENARIOOPS_AUTH_REQUIRED: false,
      GEMINI_API_KEY: "",
      SCENARIOOPS_API_KEYS: [],
    });
  });

  it("takes slashes from around the prefix, and spaces from around the key", () => {
    const variables = { ...SCENARIOFORGE_ENV, RUNS_PREFIX: "/a/b/", GEMINI_API_KEY: " k\n" };
    const { RUNS_PREFIX, GEMINI_API_KEY } = readEnv(ScenarioforgeEnv, variables);
    expect([RUNS_PREFIX, GEMINI_API_KEY]).to.deep.equal(["a/b", "k"]);
  });

  const bad: [difference: Record<string, string>, problem: string][] = [
    [{ RUN_STORE: "local" }, "- RUN_STORE: must be gcs"],
    [{ VECTOR_STORE: "local" }, "- VECTOR_STORE: must be off or gcs"],
    [{ RUNS_PREFIX: "a/../b c" }, "- RUNS_PREFIX: must be a folder's name"],
    [{ RUNS_PREFIX: "a/../b" }, "- RUNS_PREFIX: must be a folder's name"],
    [{ GCS_BUCKET: "" }, "- GCS_BUCKET: must not be empty"],
    [{ GEMINI_MODEL: "gpt" }, "- GEMINI_MODEL: must be a Gemini model"],
    [{ SEAL_KEY: "short" }, "- SEAL_KEY: must have at least 32 characters"],
    [
      { SCENARIOOPS_DEFAULT_TENANT: "../x" },
      "- SCENARIOOPS_DEFAULT_TENANT: must be a tenant's name",
    ],
    [
      { SCENARIOOPS_DEFAULT_API_KEY: "short" },
      "- SCENARIOOPS_DEFAULT_API_KEY: must have at least 16",
    ],
    [{ SCENARIOOPS_API_KEYS: "x" }, "- SCENARIOOPS_API_KEYS: must be JSON"],
    [{ SCENARIOOPS_AUTH_REQUIRED: "1" }, "SCENARIOOPS_AUTH_REQUIRED needs SCENARIOOPS_API_KEYS"],
  ];
  for (const [difference, problem] of bad) {
    it(`refuses ${JSON.stringify(difference)}`, async () => {
      const variables = { ...SCENARIOFORGE_ENV, ...difference };
      expect(String(await thrownBy(() => readEnv(ScenarioforgeEnv, variables)))).to.include(
        problem,
      );
    });
  }

  it("requires keys where there are some", () => {
    const variables = { ...SCENARIOFORGE_ENV, ...KEYED, SCENARIOOPS_AUTH_REQUIRED: "1" };
    expect(readEnv(ScenarioforgeEnv, variables).SCENARIOOPS_API_KEYS.length).to.equal(1);
  });
});

describe("ScenarioforgeWorkerEnv", () => {
  it("has defaults for all but what a deployment knows", () => {
    const variables = { ...SCENARIOFORGE_ENV, AUDIENCE: SCENARIOFORGE_ENV.WORKER_URL };
    expect(readEnv(ScenarioforgeWorkerEnv, variables)).to.deep.include({
      NODE_LEASE_SECONDS: 60,
      NODE_MAX_ATTEMPTS: 3,
      NODE_TIMEOUT_SECONDS: 600,
      PRIVATE: false,
    });
  });
});
