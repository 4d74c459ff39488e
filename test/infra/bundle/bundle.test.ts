import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { bundle } from "../../../infra/bundle/bundle.ts";
import type { Bundle } from "../../../infra/bundle/bundle.ts";
import project from "../../../package.json" with { type: "json" };
import { thrownBy } from "../../support/thrown-by.ts";

const FRAMEWORK = "@google-cloud/functions-framework";
const ROOT = path.resolve(import.meta.dirname, "../../..");

async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

const ROLES = ["enqueuer", "worker", "plan-app", "plan-runner", "plan-executor", "plan-deadletter"];

describe("bundle", () => {
  const bundles = new Map<string, Bundle>();

  before(async () => {
    for (const role of ROLES) bundles.set(role, await bundle(role));
  });

  function of(role: string): Bundle {
    const made = bundles.get(role);
    if (made === undefined) throw new Error(role);
    return made;
  }

  for (const role of ROLES) {
    it(`makes the ${role} a folder to upload`, async () => {
      const made = of(role);
      expect(made.folder).to.equal(path.join(ROOT, "dist", role));
      expect(made.hash).to.match(/^[0-9a-f]{64}$/);
      const files = await contentOf(made.folder);
      expect(JSON.parse(files["package.json"] ?? "")).to.deep.equal({
        name: role,
        private: true,
        type: "module",
        main: "index.js",
        dependencies: { [FRAMEWORK]: project.dependencies[FRAMEWORK] },
      });
      expect(JSON.parse(files["package-lock.json"] ?? "")).to.have.nested.property("packages.");
      expect(made.inputs).to.include(path.join(ROOT, "functions", role, "index.ts"));
      expect(made.inputs).to.include(path.join(ROOT, "functions/runtime/process/serve.ts"));
      expect(
        made.inputs.every((input) => input.startsWith(path.join(ROOT, "functions/"))),
      ).to.equal(true);
    });

    it(`puts no path of this machine into the ${role}`, async () => {
      const { folder } = of(role);
      for (const [name, text] of Object.entries(await contentOf(folder))) {
        expect(text.includes(ROOT), name).to.equal(false);
      }
    });

    it(`maps the ${role}'s own sources, and no package's`, async () => {
      const { folder, inputs } = of(role);
      const sources = Object.entries(await contentOf(folder))
        .filter(([name]) => name.endsWith(".map"))
        .flatMap(([, text]) => {
          const map = JSON.parse(text) as { sources: string[]; sourceRoot: string };
          return map.sources.map((source) => path.join(folder, map.sourceRoot, source));
        });
      expect(sources).to.include(path.join(ROOT, "functions", role, "index.ts"));
      expect(sources.filter((source) => !inputs.includes(source))).to.deep.equal([]);
    });

    it(`keeps Google's libraries out of the ${role}'s start`, async () => {
      const index = await readFile(path.join(of(role).folder, "index.js"), "utf8");
      // esbuild names each file that it takes in.
      expect(index).not.to.match(/^ *\/\/ node_modules\/(@google-cloud|google-|@grpc|gaxios)/m);
    });
  }

  it("has no code of ours that no map tells of", async () => {
    const all = [...bundles.values()].flatMap(({ inputs }) => inputs);
    const clients = [...new Set(all)].filter((file) => file.endsWith("-client.ts"));
    for (const file of clients) {
      const text = (await readFile(file, "utf8")).replace(/\/\*[^]*?\*\/|^\/\/.*$/gm, "").trim();
      expect(text, file).to.match(/^(?:export (?:\{[^}]*\}|\* as \w+) from "[^".][^"]*";\s*)+$/);
    }
  });

  it("bundles one version of Cloud Tasks, without its message classes", async () => {
    const { folder } = of("enqueuer");
    const texts = Object.values(await contentOf(folder)).join("\n");
    expect(texts).to.include("@google-cloud/tasks/build/esm/src/v2/cloud_tasks_client.js");
    expect(texts).not.to.include("@google-cloud/tasks/build/esm/src/v2beta3");
    expect(texts).not.to.match(/tasks\/build\/protos\/protos\.js$/m);
    expect(texts).not.to.include("google.cloud.tasks.v2beta3.CloudTasks");
    expect(texts).not.to.match(/getJSON\(path\d*\.join/);
  });

  it("says which role it cannot find", async () => {
    expect(String(await thrownBy(() => bundle("enqueur")))).to.equal(
      'Error: There is no role "enqueur": functions/enqueur/index.ts does not exist.',
    );
  });

  describe("of a small project", () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "switchyard-bundle-"));
    });

    afterEach(() => rm(folder, { recursive: true }));

    async function projectIn(name: string, entry: string): Promise<string> {
      const root = path.join(folder, name);
      await mkdir(path.join(root, "functions/tiny"), { recursive: true });
      await mkdir(path.join(root, "functions/runtime/process"), { recursive: true });
      await writeFile(path.join(root, "functions/tiny/index.ts"), entry);
      await writeFile(
        path.join(root, "functions/runtime/late.ts"),
        "export const late: number = 1;",
      );
      for (const name of ["package-lock.json", "functions/runtime/process/stack-traces.ts"]) {
        await cp(path.join(ROOT, name), path.join(root, name));
      }
      return root;
    }

    const ENTRY = `export const tiny = (): Promise<object> => import("../runtime/late.ts");`;

    it("gives the same bytes in any folder", async () => {
      const one = await bundle("tiny", { root: await projectIn("one", ENTRY) });
      const other = await bundle("tiny", { root: await projectIn("a/longer/other", ENTRY) });
      expect(other.hash).to.equal(one.hash);
      expect(await contentOf(other.folder)).to.deep.equal(await contentOf(one.folder));
    });

    it("leaves an unchanged folder alone", async () => {
      const root = await projectIn("one", ENTRY);
      const first = await bundle("tiny", { root });
      const index = path.join(first.folder, "index.js");
      const before = await stat(index, { bigint: true });
      expect((await bundle("tiny", { root })).hash).to.equal(first.hash);
      expect((await stat(index, { bigint: true })).mtimeNs).to.equal(before.mtimeNs);
    });

    it("follows a change, and leaves nothing of the old bundle behind", async () => {
      const root = await projectIn("one", ENTRY);
      const first = await bundle("tiny", { root });
      expect(await readdir(first.folder)).to.have.length(5);
      await writeFile(path.join(root, "functions/tiny/index.ts"), "export const tiny = 2;");
      const second = await bundle("tiny", { root });
      expect(second.hash).not.to.equal(first.hash);
      const names = await readdir(second.folder);
      expect(names.sort()).to.deep.equal([
        "index.js",
        "index.js.map",
        "package-lock.json",
        "package.json",
      ]);
    });

    it("bears being called several times at once", async () => {
      const root = await projectIn("one", ENTRY);
      const made = await Promise.all(Array.from({ length: 5 }, () => bundle("tiny", { root })));
      expect(new Set(made.map(({ hash }) => hash)).size).to.equal(1);
      expect(await readdir(made[0]?.folder ?? "")).to.have.length(5);
    });

    it("packs the folder of a service, the same bytes for the same files in any folder", async () => {
      const one = await bundle("tiny", { form: "service", root: await projectIn("one", ENTRY) });
      const root = await projectIn("a/longer/other", ENTRY);
      const other = await bundle("tiny", { form: "service", root });
      expect(other.archive).to.equal(path.join(root, "dist/tiny.service.tar.gz"));
      expect(other.hash).to.equal(one.hash);
      expect(
        (await readFile(other.archive ?? "")).equals(await readFile(one.archive ?? "")),
      ).to.equal(true);
      const unpacked = path.join(folder, "unpacked");
      await mkdir(unpacked);
      execFileSync("tar", ["-xzf", one.archive ?? "", "-C", unpacked]);
      expect(await contentOf(unpacked)).to.deep.equal(await contentOf(one.folder));
      expect(Object.keys(await contentOf(unpacked))).to.deep.equal([
        "index.js",
        "index.js.map",
        "late.js",
        "package.json",
      ]);
    });

    it("makes of one role a function and a service, each in a folder of its own", async () => {
      const root = await projectIn(
        "one",
        `import { serve } from "../runtime/process/serve.ts"; serve();`,
      );
      await writeFile(
        path.join(root, "functions/runtime/process/serve.ts"),
        `import { http } from "${FRAMEWORK}"; export const serve = (): unknown => http("tiny", () => undefined);`,
      );
      await writeFile(
        path.join(root, "functions/runtime/process/serve-alone.ts"),
        `export const serve = (): void => console.log("alone");`,
      );
      const [asFunction, asService] = await Promise.all([
        bundle("tiny", { root }),
        bundle("tiny", { root, form: "service" }),
      ]);
      expect(await contentOf(asFunction.folder)).to.have.property("package-lock.json");
      expect((await contentOf(asFunction.folder))["index.js"]).to.include(FRAMEWORK);
      expect(JSON.parse((await contentOf(asService.folder))["package.json"] ?? "")).to.deep.equal({
        name: "tiny",
        private: true,
        type: "module",
        main: "index.js",
      });
      expect((await contentOf(asService.folder))["index.js"]).not.to.include(FRAMEWORK);
      const run = execFileSync(process.execPath, ["index.js"], { cwd: asService.folder });
      expect(run.toString()).to.equal("alone\n");
    });

    it("says what does not compile, and where", async () => {
      const root = await projectIn("one", "export const = 1;");
      const error = await thrownBy(() => bundle("tiny", { root }));
      expect(String(error)).to.include("functions/tiny/index.ts:1:13");
    });
  });
});
