import { expect } from "chai";
import { cliConfig } from "../../../functions/plan-executor/cli-config.ts";
import { PlanExecutorEnv } from "../../../functions/plan-executor/env.ts";
import { hintFor, unframed } from "../../../functions/plan-executor/output/explain.ts";
import { EnvError, readEnv } from "../../../functions/runtime/env.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const VARIABLES = {
  PROJECT_ID: "p",
  AUDIENCE: "https://plan-executor-1.us-central1.run.app",
  CALLER_SA: "plan-runner@p.iam.gserviceaccount.com",
  PRIVATE: "true",
  CHECKOUTS_BUCKET: "p-plan-checkouts",
  TOOLS_BUCKET: "p-plan-tools",
  TOFU_OBJECT: "tofu/a.tar.gz",
  TOFU_SHA256: "a".repeat(64),
  ALLOWED_PROVIDERS: '["hashicorp/*"]',
};

describe("PlanExecutorEnv", () => {
  it("reads numbers, flags and JSON, with defaults", () => {
    expect(readEnv(PlanExecutorEnv, VARIABLES)).to.deep.equal({
      ...VARIABLES,
      PRIVATE: true,
      PLAN_SECONDS: 540,
      KILL_SECONDS: 20,
      TOFU_BIN: "",
      PROVIDER_OBJECTS: [],
      PROVIDERS_STRICT: false,
      ALLOWED_PROVIDERS: ["hashicorp/*"],
      ALLOWED_PLACES: [],
      PLAN_ENVIRONMENT: {},
    });
  });

  for (const [variable, value] of [
    ["TOFU_SHA256", "abc"],
    ["PROVIDER_OBJECTS", '["providers/../x"]'],
    ["PROVIDER_OBJECTS", '["tofu/x"]'],
    ["PROVIDER_OBJECTS", '["providers//x"]'],
    ["PLAN_ENVIRONMENT", '{"A":1}'],
    ["ALLOWED_PROVIDERS", "hashicorp/*"],
    ["ALLOWED_PLACES", "gcs:acme-*"],
    ["PLAN_SECONDS", "soon"],
    ["CHECKOUTS_BUCKET", ""],
  ] as const) {
    it(`refuses ${value} as ${variable}`, async () => {
      const error = await thrownBy(() =>
        readEnv(PlanExecutorEnv, { ...VARIABLES, [variable]: value }),
      );
      expect(error).to.be.instanceOf(EnvError);
      expect(String(error)).to.include(variable);
    });
  }

  it("refuses to start with neither a program nor where to fetch it", async () => {
    const error = await thrownBy(() =>
      readEnv(PlanExecutorEnv, { ...VARIABLES, TOOLS_BUCKET: "" }),
    );
    expect(String(error)).to.include("TOFU_BIN is needed");
  });
});

describe("cliConfig", () => {
  it("names where providers come from, and nothing else", () => {
    expect(cliConfig({ folder: undefined, isStrict: false })).to.equal(
      "provider_installation {\n  direct {}\n}\n",
    );
    expect(cliConfig({ folder: "/a b", isStrict: false })).to.equal(
      'provider_installation {\n  filesystem_mirror {\n    path = "/a b"\n  }\n  direct {}\n}\n',
    );
    expect(cliConfig({ folder: "/a", isStrict: true })).to.equal(
      'provider_installation {\n  filesystem_mirror {\n    path = "/a"\n  }\n}\n',
    );
  });
});

describe("what OpenTofu says", () => {
  it("is shown without its frame", () => {
    const message =
      "\n╷\n│ Error: Unsupported argument\n│ \n│   on main.tf line 2:\n│    2:   x = 1\n╵\n╷\n│ Error: b\n╵\n";
    expect(unframed(message)).to.equal(
      "Error: Unsupported argument\n\n  on main.tf line 2:\n   2:   x = 1\n\nError: b",
    );
  });

  for (const [message, expected] of [
    ["Error: No configuration files", "directories"],
    ["Error: No value for required variable", "var_files"],
    ['workspace "blue" doesn\'t\nexist', "tofu workspace new"],
    ['Currently selected workspace "blue" does not exist', "tofu workspace new"],
    ["could not find default credentials", "planExecutorRoles"],
    ["Error: No valid credential sources found", "planExecutorRoles"],
    ["Error: No valid azure auth methods found", "planExecutorRoles"],
    ["Error: HTTP remote state endpoint requires auth", "planExecutorRoles"],
    ['Error: Backend initialization required, please run "tofu init"', "-backend-config"],
    ['Error: "bucket": required field is not set', "-backend-config"],
    ['Error: Invalid key value\n\nThe "key" attribute value must not be empty.', "-backend-config"],
    ["Error: Missing region value", "-backend-config"],
    ["Error: Invalid workspaces configuration", "-backend-config"],
    [
      "the local package for registry.opentofu.org/a/b 3.2.0 doesn't match any of the checksums\npreviously recorded in the dependency lock file",
      "tofu providers lock",
    ],
    [
      "Error: Failed to query available provider packages\n\nprovider registry.opentofu.org/a/b was not\nfound in any of the search locations",
      "planProviders, and run npm run tools:upload",
    ],
    ["Error: Incompatible module", "tofuVersion"],
    ["Error: Unsupported OpenTofu Core version", "tofuVersion"],
    [
      "Error: Failed to resolve provider packages\n\nno available releases match the\ngiven constraints ~> 4.0",
      "version constraint",
    ],
    [
      "Error: Failed to resolve provider packages\n\nlocked provider a/b 3.1.0 does not match configured version\nconstraint ~> 3.2",
      "tofu init -upgrade",
    ],
    [
      'There is no available version of module "a/b/c" (main.tf:1) which matches the\ngiven version constraint.',
      "version constraint",
    ],
    [
      "could not connect to registry.opentofu.org: failed to request discovery document",
      "did not answer",
    ],
    ['Error: Failed to download module\n\nCould not download module "m"', "did not answer"],
    [
      "Could not download module \"m\": error downloading 'https://x/m.git': git must be available and on the PATH",
      "program that is not there",
    ],
    ['exec: "git": executable file not found in $PATH', "program that is not there"],
    ["open x.json: too many\nlevels of symbolic links", "leads out of the repository"],
    ["Error: Plugin did not respond", "planMemory"],
    ['failed to instantiate provider "a/b" to obtain schema', "planMemory"],
  ] as const) {
    it(`has advice for: ${message.slice(0, 50)}`, () => {
      expect(hintFor(message)).to.include(expected);
    });
  }

  it("has no advice for what it does not know", () => {
    expect(hintFor("Error: Unsupported argument")).to.equal(undefined);
  });
});
