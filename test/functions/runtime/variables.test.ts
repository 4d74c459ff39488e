import { expect } from "chai";
import * as v from "valibot";
import * as variables from "../../../functions/runtime/variables.ts";

describe("variables", () => {
  const { Account, Flag, HttpUrl, NotEmpty, Origin, SecretVersion, whole } = variables;
  const Seconds = whole("seconds", 5, 600);
  const version = "projects/p/secrets/s/versions/latest";
  const cases: [name: string, schema: v.GenericSchema, given: string, read: unknown][] = [
    ["NotEmpty", NotEmpty, "x", "x"],
    ["Origin", Origin, "https://x.run.app", "https://x.run.app"],
    ["HttpUrl", HttpUrl, "https://github.example.com/api/v3", "https://github.example.com/api/v3"],
    ["Account", Account, "a@p.iam.gserviceaccount.com", "a@p.iam.gserviceaccount.com"],
    ["Flag", Flag, "true", true],
    ["Flag", Flag, "false", false],
    ["SecretVersion", SecretVersion, version, version],
    ["whole", Seconds, "5", 5],
    ["whole", Seconds, "600", 600],
  ];
  for (const [name, schema, given, read] of cases) {
    it(`reads ${given} as ${name}`, () => {
      expect(v.parse(schema, given)).to.equal(read);
    });
  }

  const wrong: [name: string, schema: v.GenericSchema, given: string, problem: string][] = [
    ["NotEmpty", NotEmpty, "", "must not be empty"],
    ["Origin", Origin, "https://x.run.app/", "must be an origin"],
    ["HttpUrl", HttpUrl, "file:///etc", "must be an http(s) URL"],
    ["Account", Account, "a", "must be the e-mail address of a service account"],
    ["Flag", Flag, "yes", 'must be "true" or "false"'],
    ["SecretVersion", SecretVersion, "plan-app-key", "must be a secret's version"],
    ["whole", Seconds, "5.5", "must be a whole number of seconds"],
    ["whole", Seconds, "4", "must be at least 5"],
    ["whole", Seconds, "601", "must be at most 600"],
  ];
  for (const [name, schema, given, problem] of wrong) {
    it(`refuses ${JSON.stringify(given)} as ${name}`, () => {
      const { issues = [] } = v.safeParse(schema, given);
      expect(issues[0]?.message).to.equal(problem);
    });
  }
});
