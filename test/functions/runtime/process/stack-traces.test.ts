import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FAULT, bundleFaulty } from "../../../support/faulty-role.ts";
import { RoleProcess } from "../../../support/role-process.ts";
import { thrownBy } from "../../../support/thrown-by.ts";

const POST = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

describe("the stack of an error in a bundled role", () => {
  let root: string;
  let folder: string;

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "switchyard-faulty-"));
    folder = await bundleFaulty(root);
  });

  after(() => rm(root, { recursive: true }));

  function start(env: Readonly<Record<string, string>> = {}): Promise<RoleProcess> {
    return RoleProcess.start(folder, "faulty", env);
  }

  /** How the stacks begin in entries of this severity. */
  function told({ entries }: RoleProcess, severity: string): readonly unknown[] {
    return entries
      .filter((entry) => entry.severity === severity)
      .map((entry) => String(entry.stack_trace).split("\n").slice(0, 2));
  }

  it("names the line of the source in the entry for Cloud Logging", async () => {
    const role = await start();
    try {
      expect((await fetch(`${role.url}/throw`, POST)).status).to.equal(500);
    } finally {
      await role.stop();
    }
    expect(told(role, "ERROR")).to.deep.equal([
      ["Error: failed on request", `    at fail (${FAULT})`],
    ]);
  });

  it("names it where a rejection that nothing handles ends the process", async () => {
    const role = await start();
    await fetch(`${role.url}/reject`, POST).catch(() => undefined);
    expect(await role.ended).to.equal(1);
    expect(told(role, "CRITICAL")).to.deep.equal([
      ["Error: failed in passing", `    at fail (${FAULT})`],
    ]);
  });

  it("names it where the role cannot be loaded", async () => {
    const printed = String(await thrownBy(() => start({ FAULT: "import" })));
    expect(printed).to.include(`Error: failed at import\n    at fail (${FAULT})\n`);
    expect(printed).to.include("    at functions/faulty/index.ts:5:");
  });
});
