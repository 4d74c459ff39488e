import { expect } from "chai";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDeclared } from "../../../local/declared/load.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("a stack that is recorded in a thread", () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "switchyard-mounted-"));
    await cp(join(ROOT, "Pulumi.yaml"), join(root, "Pulumi.yaml"));
    const dev = await readFile(join(ROOT, "Pulumi.dev.yaml"), "utf8");
    const mounted = `${dev.trimEnd()}\n  switchyard:producerMount: true\n`;
    await writeFile(join(root, "Pulumi.mounted.yaml"), mounted);
  });
  after(() => rm(root, { recursive: true }));

  it("has each of its roles in the form in which it is declared", async () => {
    const elsewhere = { root, modules: [] };
    const { services } = await loadDeclared("mounted", undefined, undefined, elsewhere);
    const forms = services.map(({ start, source }) => [
      "command" in start,
      source.endsWith(".tar.gz"),
    ]);
    expect(forms.every(([isService, isPacked]) => isService === isPacked)).to.equal(true);
    const alone = services.filter(({ start }) => "command" in start).map(({ name }) => name);
    expect(alone.toSorted()).to.deep.equal(["consumer", "producer"]);
  });
});
