import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect } from "chai";

const MOCHA = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
const ROOT = join(import.meta.dirname, "..");

/** What a run of mocha prints. */
function output(args: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  // A failing test makes it an error; what it printed is there all the same.
  execFile(process.execPath, [MOCHA, ...args], { cwd: ROOT }, (_, stdout) => resolve(stdout));
  return promise;
}

describe("the reporter", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-reporter-"));
    await writeFile(
      join(folder, "slow.js"),
      'describe("a", () => { before((done) => setTimeout(done, 300)); it("b", () => {}); it.skip("c"); });',
    );
    await writeFile(join(folder, "quick.js"), 'it("fails", () => { throw new Error("no"); });');
  });
  after(() => rm(folder, { recursive: true }));

  for (const [how, options] of [
    ["in one process", []],
    ["two at a time", ["--parallel", "--jobs", "2"]],
  ] as const) {
    it(`closes with the slowest files and one line for the whole run, ${how}`, async () => {
      const files = ["quick.js", "slow.js"].map((name) => join(folder, name));
      const lines = (await output([...options, ...files])).trimEnd().split("\n");
      const named = lines.slice(-4).map((line) => line.replace(/^ *[\d.]+ s {2}/, ""));
      expect(named).to.deep.equal([
        relative(ROOT, join(folder, "slow.js")),
        relative(ROOT, join(folder, "quick.js")),
        "",
        "1 passed, 1 failed, 1 skipped",
      ]);
      expect(lines.filter((line) => line.includes(" passed, "))).to.have.length(1);
    });
  }
});
