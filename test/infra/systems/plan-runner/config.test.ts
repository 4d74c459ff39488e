import { expect } from "chai";
import { ConfigError } from "../../../../infra/config/errors.ts";
import { devConfig } from "../../../support/recorded.ts";

const ON = { systems: ["plan-runner"], workers: [] };

/** The problems of a stack of the plan runner alone. */
function problemsOf(changes: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    devConfig({ ...ON, ...changes });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("the plan runner's config", () => {
  it("has defaults for all but the App", () => {
    const config = devConfig({ ...ON, planReaders: [] });
    expect(config).to.deep.include({
      githubApiBaseUrl: "https://api.github.com",
      planMaxInstances: 10,
      planMemory: "4Gi",
      planCpu: 2,
      planReaders: [],
      planRetentionDays: 30,
      planEnvironment: {},
      planProviders: [],
      planProvidersStrict: false,
      planAllowedProviders: ["hashicorp/*", "opentofu/*", "integrations/*"],
      planAllowedPlaces: [],
      planExecutorRoles: [],
      planTokenCreator: false,
      tofuVersion: "1.12.6",
      tofuSha256: "50a6106fa4de523d09c87af85f3db1dd47535fc005727fdca6852146476b88ec",
    });
  });

  it("takes numbers and flags as the CLI writes them", () => {
    const { planCpu, planMaxInstances, planTokenCreator, planEnvironment } = devConfig({
      ...ON,
      planCpu: "4",
      planMaxInstances: "3",
      planTokenCreator: "true",
      planEnvironment: { TF_VAR_count: 3, TF_VAR_on: true, TF_VAR_name: "x" },
    });
    expect({ planCpu, planMaxInstances, planTokenCreator, planEnvironment }).to.deep.equal({
      planCpu: 4,
      planMaxInstances: 3,
      planTokenCreator: true,
      planEnvironment: { TF_VAR_count: "3", TF_VAR_on: "true", TF_VAR_name: "x" },
    });
  });

  it("tells a provider from its version, and one of another registry too", () => {
    const { planProviders } = devConfig({
      planProviders: ["hashicorp/google@7.9.0", "registry.example.com:8443/team/own@1.0.0-rc1"],
    });
    expect(planProviders).to.deep.equal([
      { source: "hashicorp/google", version: "7.9.0" },
      { source: "registry.example.com:8443/team/own", version: "1.0.0-rc1" },
    ]);
  });

  it("needs the App's id where the plan runner is on, and only there", () => {
    expect(problemsOf({ githubAppId: "" })).to.deep.equal([
      'Pulumi.STACK.yaml: switchyard:githubAppId is not set; it must be the GitHub App\'s id, which plan-runner needs; npm run plan-app:manifest helps to register one.\nFix: switchyard:githubAppId: "123456"\nor:  npm run pulumi -- config set -s STACK githubAppId 123456',
    ]);
    expect(devConfig({ systems: ["enqueuer"], githubAppId: "" }).githubAppId).to.equal("");
  });

  it("says of an id without quotes how to write it", () => {
    expect(problemsOf({ githubAppId: 123456 })).to.deep.equal([
      'Pulumi.STACK.yaml: switchyard:githubAppId is 123456; it must be the GitHub App\'s id, digits in quotes.\nFix: switchyard:githubAppId: "123456"\nor:  npm run pulumi -- config set -s STACK githubAppId 123456',
    ]);
  });

  const REFUSED: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
    ["an App id that is none", { githubAppId: "my-app" }, /digits in quotes/],
    ["an API with a slash at the end", { githubApiBaseUrl: "https://api.github.com/" }, /slash/],
    ["an API in the clear", { githubApiBaseUrl: "http://api.github.com" }, /https URL/],
    ["an API with a user", { githubApiBaseUrl: "https://me@api.github.com" }, /a user/],
    ["no plan at once", { planMaxInstances: 0 }, /at least 1/],
    ["memory without a unit", { planMemory: "4096" }, /like 4Gi or 4096Mi/],
    ["a CPU that Cloud Run does not have", { planCpu: 3 }, /1, 2, 4, 6 or 8/],
    ["everybody as readers", { planReaders: ["allUsers"] }, /planReaders\[0\].*user:EMAIL/],
    ["plans that are kept for no day", { planRetentionDays: 0 }, /number of days, at least 1/],
    ["an environment that is a list", { planEnvironment: ["A=b"] }, /a group of variables/],
    ["a variable that is a group", { planEnvironment: { A: {} } }, /planEnvironment\.A .*be text/],
    ["a variable with a blank", { planEnvironment: { "A B": "c" } }, /name of an environment/],
    ["a provider without a version", { planProviders: ["hashicorp/google"] }, /and its version/],
    [
      "a provider with a range of versions",
      { planProviders: ["hashicorp/google@~>7.0"] },
      /and its version/,
    ],
    [
      "a provider in two versions",
      { planProviders: ["hashicorp/google@7.9.0", "Hashicorp/google@7.8.0"] },
      /switchyard:planProviders\[1\] is "Hashicorp\/google@7\.8\.0"; it must .* once[^]*config rm/,
    ],
    ["a pattern of one word", { planAllowedProviders: ["grafana"] }, /a provider's source/],
    ["a place of two words", { planAllowedPlaces: ["gcs: acme"] }, /a place, like gcs:acme/],
    [
      "a role's bare name",
      { planExecutorRoles: ["viewer"] },
      /be a role, like roles\/compute.viewer/,
    ],
    ["a version that is a range", { tofuVersion: ">= 1.12" }, /version of OpenTofu/],
    ["a checksum in capitals", { tofuSha256: "A".repeat(64) }, /64 small hexadecimal digits/],
    ["a flag that is none", { planProvidersStrict: "perhaps" }, /true or false/],
  ];
  for (const [what, changes, sentence] of REFUSED) {
    it(`refuses ${what}, in one sentence`, () => {
      const problems = problemsOf(changes);
      expect(problems).to.have.length(1);
      expect(problems[0])
        .to.match(sentence)
        .and.to.match(/\nFix: .+\nor: {2}npm run pulumi -- config (set|rm) -s STACK /);
    });
  }

  const TAKEN = ["PATH", "HOME", "TMPDIR", "TF_DATA_DIR", "TF_CLI_CONFIG_FILE", "TF_WORKSPACE"];
  for (const name of [...TAKEN, "TF_CLI_ARGS_plan", "TF_LOG", "TF_IN_AUTOMATION", "TF_INPUT"]) {
    it(`leaves ${name} to the executor`, () => {
      expect(problemsOf({ planEnvironment: { [name]: "x" } })).to.deep.equal([
        `Pulumi.STACK.yaml: switchyard:planEnvironment.${name} is "x"; it must not be set, since the executor sets it itself.\nFix: remove it\nor:  npm run pulumi -- config rm -s STACK --path 'planEnvironment.${name}'`,
      ]);
    });
  }

  it("keeps variables within what Google gives a function", () => {
    const problems = problemsOf({ planEnvironment: { TF_VAR_all: "x".repeat(31_000) } });
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/planEnvironment .* 32 KiB/);
    expect(problemsOf({ planEnvironment: { TF_VAR_all: "x".repeat(30_000) } })).to.deep.equal([]);
  });

  /** Source: cloud.google.com/run/docs/configuring/services/memory-limits and …/cpu. */
  const MACHINES: readonly [memory: string, cpu: number, problem: string | undefined][] = [
    ["512Mi", 1, undefined],
    ["4Gi", 1, undefined],
    ["4097Mi", 1, "planCpu is 1; it must be at least 2 for a planMemory of 4097Mi"],
    ["8Gi", 2, undefined],
    ["9Gi", 2, "planCpu is 2; it must be at least 4 for a planMemory of 9Gi"],
    ["16Gi", 4, undefined],
    ["17Gi", 4, "planCpu is 4; it must be at least 6 for a planMemory of 17Gi"],
    ["24Gi", 6, undefined],
    ["25Gi", 6, "planCpu is 6; it must be at least 8 for a planMemory of 25Gi"],
    ["32Gi", 8, undefined],
    ["33Gi", 8, 'planMemory is "33Gi"; it must be between 512Mi and 32Gi'],
    ["511Mi", 1, 'planMemory is "511Mi"; it must be between 512Mi and 32Gi'],
    ["2Gi", 4, undefined],
    ["1Gi", 4, 'planMemory is "1Gi"; it must be at least 2Gi for a planCpu of 4'],
    ["3Gi", 6, 'planMemory is "3Gi"; it must be at least 4Gi for a planCpu of 6'],
    ["4Gi", 8, undefined],
  ];
  for (const [planMemory, planCpu, problem] of MACHINES) {
    it(`${problem === undefined ? "takes" : "refuses"} ${planMemory} with ${planCpu} CPUs`, () => {
      const problems = problemsOf({ planMemory, planCpu }).map((text) =>
        text.replace(/^Pulumi\.STACK\.yaml: switchyard:|\.\nFix:[^]*$/g, ""),
      );
      expect(problems).to.deep.equal(problem === undefined ? [] : [problem]);
    });
  }

  it("keeps the names of its functions for itself", () => {
    const systems = ["enqueuer", "plan-runner"];
    const workers = [
      { name: "plan-app" },
      // Only a name in requests: its service has one of its own.
      { name: "plan-runner", url: "https://x.example/", service: "x" },
    ];
    expect(problemsOf({ systems, workers, enqueuerName: "plan-executor" })).to.deep.equal([
      'Pulumi.STACK.yaml: switchyard:enqueuerName is "plan-executor"; it must not be the name of one of plan-runner\'s functions.\nFix: switchyard:enqueuerName: plan-executor-2\nor:  npm run pulumi -- config set -s STACK enqueuerName plan-executor-2',
      "Pulumi.STACK.yaml: switchyard:workers[0].name is \"plan-app\"; it must not be the name of one of plan-runner's functions.\nFix: name: plan-app-2\nor:  npm run pulumi -- config set -s STACK --path 'workers[0].name' plan-app-2",
    ]);
    expect(devConfig({ systems: ["enqueuer"], workers }).workers).to.have.length(2);
  });

  it("is frozen all the way down", () => {
    const { planEnvironment, planProviders } = devConfig({
      planProviders: ["hashicorp/google@7.9.0"],
    });
    expect([planEnvironment, planProviders[0]].map(Object.isFrozen)).to.deep.equal([true, true]);
  });
});
