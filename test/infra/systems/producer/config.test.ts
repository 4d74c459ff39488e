import { expect } from "chai";
import { parseConfig } from "../../../../infra/config/config.ts";
import { ConfigError } from "../../../../infra/config/errors.ts";
import { Secret } from "../../../../infra/secret.ts";
import { SYSTEMS } from "../../../../infra/systems/index.ts";
import { readStackFile } from "../../../../infra/config/stack-file.ts";
import { withStandIns } from "../../../support/recorded.ts";

const ON = { systems: ["producer"], producerWorkflowsUrl: "https://workflows.example.com/jobs" };

function parsed(changes: Readonly<Record<string, unknown>>) {
  return parseConfig(withStandIns({ ...readStackFile("dev"), ...ON, ...changes }), SYSTEMS);
}

function problemsOf(changes: Readonly<Record<string, unknown>>): string {
  try {
    parsed(changes);
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe("producer's config", () => {
  it("needs the workflows service's URL", () => {
    expect(problemsOf({ producerWorkflowsUrl: "" })).to.include(
      "switchyard:producerWorkflowsUrl is not set; it must be the base URL of the workflows service whose events are bridged.",
    );
  });

  for (const url of [
    "http://workflows.example.com",
    "https://w.example.com/jobs/",
    "w.example.com",
  ]) {
    it(`takes no ${url} for it`, () => {
      expect(problemsOf({ producerWorkflowsUrl: url })).to.include("must be an https URL");
    });
  }

  for (const prefix of ["u1", "/u1/", "u1//p1/", "u'1/", "u\\1/", "u\n1/", ""]) {
    it(`takes no ${JSON.stringify(prefix)} for a tenant's prefix`, () => {
      expect(problemsOf({ producerTenants: [prefix] })).to.include("producerTenants[0]");
    });
  }

  it("takes as many tenants as 19 conditions hold, and no more", () => {
    const tenants = (count: number) => Array.from({ length: count }, (_, index) => `u${index}/`);
    expect(problemsOf({ producerTenants: tenants(19 * 13) })).to.equal("");
    expect(problemsOf({ producerTenants: tenants(19 * 13 + 1) })).to.include(
      "must fit in 20 conditions of 13 prefixes and 2,048 characters",
    );
  });

  it("names a mounted folder only where something is mounted", () => {
    expect(problemsOf({ producerMountOnlyDir: "u1" })).to.include(
      'producerMountOnlyDir is "u1"; it must be empty where producerMount is not true',
    );
    expect(problemsOf({ producerMountOnlyDir: "u1", producerMount: true })).to.equal("");
  });

  for (const token of ["short", "with a space inside it", "x".repeat(201)]) {
    it(`takes no shared token of ${token.length} characters like ${token.slice(0, 12)}`, () => {
      const message = problemsOf({ producerAuthToken: new Secret(token) });
      expect(message).to.include("must have 16 to 200 printable characters without spaces");
      expect(message).not.to.include(token);
    });
  }
});
