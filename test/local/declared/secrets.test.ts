import { expect } from "chai";
import type { LogEntry } from "../../../local/log.ts";
import { difference } from "../../../local/declared/difference.ts";
import { declared, sliceOf, withSlice } from "../../../local/declared/declared.ts";
import { secrets } from "../../../local/google/secrets/declared.ts";
import { LocalSecrets, Secret } from "../../../local/declared/secrets.ts";
import { recorded } from "../../support/recorded.ts";

describe("the secrets of a running local cloud", () => {
  it("keep what was generated, and name it once without its value", () => {
    const log: LogEntry[] = [];
    const kept = new LocalSecrets(new Map([["a", "given"]]), (entry) => void log.push(entry));
    kept.keep({ b: "made up" });
    kept.keep({ b: "made up" });
    expect(kept.known()).to.deep.equal({ given: { a: "given" }, standIns: { b: "made up" } });
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
    const dev = declared(await recorded());
    const name = "projects/switchyard-dev/secrets/token";
    const withValue = (value: string) => {
      const { secret, "secret version": versions } = sliceOf(dev, secrets);
      return withSlice(dev, secrets, {
        secret: [...secret, { name, labels: {} }],
        "secret version": [...versions, { name, value: new Secret(value) }],
      });
    };
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
