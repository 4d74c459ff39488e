import { expect } from "chai";
import type { LogEntry } from "../../local/log.ts";
import { difference } from "../../local/plan-difference.ts";
import { plan } from "../../local/plan.ts";
import { LocalSecrets, Secret } from "../../local/secrets.ts";
import { recorded } from "../support/recorded.ts";

describe("the secrets of a running local cloud", () => {
  it("keep what was generated, and name it once without its value", () => {
    const log: LogEntry[] = [];
    const secrets = new LocalSecrets(new Map([["a", "given"]]), (entry) => void log.push(entry));
    secrets.keep({ b: "made up" });
    secrets.keep({ b: "made up" });
    expect(secrets.known()).to.deep.equal({ given: { a: "given" }, standIns: { b: "made up" } });
    expect(log).to.deep.equal([
      {
        source: "local",
        severity: "NOTICE",
        message: "b: no value given, a generated one stands in. --secret b=... sets it.",
      },
    ]);
  });
});

describe("the difference of two plans", () => {
  it("names a secret whose value is another, and not the value", async () => {
    const dev = plan(await recorded());
    const withValue = (value: string) => ({
      ...dev,
      secrets: [
        ...dev.secrets,
        { name: "projects/switchyard-dev/secrets/token", labels: {}, value: new Secret(value) },
      ],
    });
    expect([
      difference(dev, withValue("one")),
      difference(withValue("one"), withValue("one")),
      difference(withValue("one"), withValue("two")),
    ]).to.deep.equal([
      ["secret token added"],
      [],
      ["secret token has a new version, for instances that start from now on"],
    ]);
  });
});
