import { expect } from "chai";
import { lockedVersion, lockfileOf } from "../../../infra/bundle/lockfile.ts";
import type { Lockfile } from "../../../infra/bundle/lockfile.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const manifest = { name: "role", dependencies: { host: "1.0.0" } };
const host = {
  version: "1.0.0",
  integrity: "sha512-host",
  dependencies: { a: "^1", b: "^1" },
  peerDependencies: { p: "^1", q: "^1" },
  peerDependenciesMeta: { q: { optional: true } },
  optionalDependencies: { o: "^1" },
};
const packages = {
  "": { name: "whole" },
  "node_modules/host": host,
  "node_modules/a": { version: "1.1.0", dependencies: { b: "^2", host: "1" } },
  "node_modules/a/node_modules/b": { version: "2.0.0", dependencies: { c: "^1" } },
  "node_modules/b": { version: "1.0.0" },
  "node_modules/c": { version: "1.0.0" },
  "node_modules/p": { version: "1.0.0" },
  "node_modules/unrelated": { version: "1.0.0" },
};
const whole = { name: "whole", lockfileVersion: 3, packages };

function without(...names: string[]): Lockfile["packages"] {
  return Object.fromEntries(Object.entries(packages).filter(([name]) => !names.includes(name)));
}

describe("lockfileOf", () => {
  it("holds what the dependencies need, where it was, and nothing else", () => {
    const needed = without("", "node_modules/unrelated");
    const lockfile = lockfileOf(manifest, whole);
    expect(lockfile).to.deep.equal({
      name: "role",
      lockfileVersion: 3,
      requires: true,
      packages: { "": { name: "role", dependencies: { host: "1.0.0" } }, ...needed },
    });
    expect(Object.keys(lockfile.packages)).to.deep.equal(Object.keys(lockfile.packages).sort());
  });

  it("refuses a dependency that the whole does not hold", async () => {
    const others = without("node_modules/c");
    const error = await thrownBy(() => lockfileOf(manifest, { ...whole, packages: others }));
    expect(String(error)).to.equal(
      "Error: package-lock.json lacks c, needed by node_modules/a/node_modules/b.",
    );
  });
});

describe("lockedVersion", () => {
  it("is the version at the top", () => {
    expect(lockedVersion(whole, "b")).to.equal("1.0.0");
  });
});
