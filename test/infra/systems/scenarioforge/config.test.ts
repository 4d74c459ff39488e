import { expect } from "chai";
import * as v from "valibot";
import { ScenarioforgeEnv } from "../../../../functions/scenarioforge/env.ts";
import { parseConfig } from "../../../../infra/config/config.ts";
import { ConfigError } from "../../../../infra/config/errors.ts";
import { readStackFile } from "../../../../infra/config/stack-file.ts";
import { Secret } from "../../../../infra/secret.ts";
import { SYSTEMS } from "../../../../infra/systems/index.ts";
import { withStandIns } from "../../../support/recorded.ts";

const KEYS = JSON.stringify([{ key: "a key of sixteen".replaceAll(" ", "-"), tenant: "public" }]);

function problemsOf(changes: Readonly<Record<string, unknown>>): string {
  try {
    parseConfig(
      withStandIns({ ...readStackFile("dev"), systems: ["scenarioforge"], ...changes }),
      SYSTEMS,
    );
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe("scenarioforge's config", () => {
  it("lets in whoever brings a key only where it says so in as many words", () => {
    expect(problemsOf({ scenarioAuthRequired: true })).to.include(
      "switchyard:scenarioAuthRequired is true; it must be false where scenarioApiKeys names nobody",
    );
    expect(problemsOf({ scenarioAuthRequired: false })).to.equal("");
    const scenarioApiKeys = new Secret(KEYS);
    expect(problemsOf({ scenarioAuthRequired: true, scenarioApiKeys })).to.equal("");
  });

  it("asks for nothing where the system does not run", () => {
    const systems = ["enqueuer"];
    expect(problemsOf({ systems, scenarioAuthRequired: true })).to.equal("");
  });

  for (const prefix of ["", "/runs", "runs/", "a//b", "a/../b", "a b", "it's", ".hidden"]) {
    it(`takes no ${JSON.stringify(prefix)} for the runs' folder`, () => {
      expect(problemsOf({ scenarioRunsPrefix: prefix })).to.include("scenarioRunsPrefix");
    });
  }

  for (const [key, value, rule] of [
    ["scenarioVectorStore", "local", "must be off or gcs"],
    ["scenarioModel", "gpt-5", "must be a Gemini model"],
    ["scenarioModel", "gemini-3/../x", "must be a Gemini model"],
    ["scenarioVersionDays", 0, "must be a whole number of days"],
    ["scenarioRunMaxTokens", 10, "must be a whole number of tokens"],
    ["scenarioDefaultTenant", "../other", "must be 1 to 64 letters"],
    ["scenarioBucket", "Upper", "must be the name of a bucket"],
  ] as const) {
    it(`takes no ${key} ${value}`, () => {
      expect(problemsOf({ [key]: value })).to.include(rule);
    });
  }

  for (const [key, value] of [
    ["scenarioSealKey", "only thirty-one characters long".slice(0, 31)],
    ["scenarioGeminiApiKey", "too-short-a-key"],
    ["scenarioGeminiApiKey", "a key with spaces inside"],
    ["scenarioApiKeys", "not json, but secret"],
    ["scenarioApiKeys", "[]"],
    ["scenarioApiKeys", '[{"key":"fifteen-letters","tenant":"public"}]'],
    ["scenarioApiKeys", '[{"key":"sixteen-letters-","tenant":"a/b"}]'],
    ["scenarioApiKeys", '[{"key":"sixteen-letters-","tenant":"public","role":"root"}]'],
  ] as const) {
    it(`takes no ${key} of ${value.length} characters, and does not show it`, () => {
      const message = problemsOf({ [key]: new Secret(value) });
      expect(message).to.include(`switchyard:${key} has a value that will not do`);
      expect(message).not.to.include(value);
    });
  }

  it("takes exactly those keys that the role takes", () => {
    const { SCENARIOOPS_API_KEYS: asRole } = ScenarioforgeEnv.pipe[0].entries;
    const read = SYSTEMS.scenarioforge.config.keys.scenarioApiKeys.secret.read;
    for (const text of [
      KEYS,
      '[{"key":"sixteen-letters-","tenant":"public","role":"admin"}]',
      '[{"key":"fifteen-letters","tenant":"public"}]',
      '[{"key":"sixteen-letters-","tenant":"a/b"}]',
      "{}",
      "nonsense",
    ]) {
      expect(read(text) !== undefined, text).to.equal(v.safeParse(asRole, text).success);
    }
  });
});
