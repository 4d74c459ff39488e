import { expect } from "chai";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { keptBundle } from "../../../infra/bundle/kept-bundles.ts";

const LONG_AGO = new Date("2026-01-01T00:00:00Z");

describe("keptBundle", () => {
  let root: string;
  let made: number;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "switchyard-kept-"));
    made = 0;
    for (const name of ["index.ts", "other.ts", "late.ts", "package.json"]) await save(name, name);
  });

  afterEach(() => rm(root, { recursive: true }));

  async function save(name: string, text: string, time = LONG_AGO): Promise<void> {
    await writeFile(path.join(root, name), text);
    await utimes(path.join(root, name), time, time);
  }

  function inRoot(...names: string[]): string[] {
    return names.map((name) => path.join(root, name));
  }

  /** The bundle's code, which tells how often one was made before. */
  async function bundled(
    lockfile = "{}",
    form: "function" | "service" = "function",
  ): Promise<string> {
    const { inputs, lazy, code, map } = await keptBundle({
      entry: path.join(root, "index.ts"),
      root,
      lockfile,
      form,
      make: () =>
        Promise.resolve({
          inputs: inRoot("index.ts", "other.ts"),
          lazy: inRoot("late.ts"),
          code: Buffer.from(`made\n${++made}`),
          map: Buffer.from(`{"map":${made}}`),
        }),
    });
    expect(inputs).to.deep.equal(inRoot("index.ts", "other.ts"));
    expect(lazy).to.deep.equal(inRoot("late.ts"));
    const text = Buffer.from(code).toString();
    expect(
      `made\n${(JSON.parse(Buffer.from(map ?? []).toString()) as { map: number }).map}`,
    ).to.equal(text);
    return text;
  }

  it("makes a bundle once", async () => {
    expect(await bundled()).to.equal("made\n1");
    expect(await bundled()).to.equal("made\n1");
  });

  it("makes one for each form of deployment", async () => {
    expect(await bundled()).to.equal("made\n1");
    expect(await bundled("{}", "service")).to.equal("made\n2");
    expect(await bundled()).to.equal("made\n1");
  });

  it("keeps one without a map as it is", async () => {
    const made = {
      inputs: inRoot("index.ts"),
      lazy: [],
      code: Buffer.from("\n{}"),
      map: undefined,
    };
    const entry = path.join(root, "index.ts");
    const make = (): Promise<typeof made> => Promise.resolve(made);
    await keptBundle({ entry, root, lockfile: "{}", form: "function", make });
    const never = (): never => expect.fail("made twice");
    expect(
      await keptBundle({ entry, root, lockfile: "{}", form: "function", make: never }),
    ).to.deep.equal(made);
  });

  for (const name of ["index.ts", "other.ts", "package.json", "tsconfig.json"]) {
    it(`makes it anew when ${name} is another`, async () => {
      await bundled();
      await save(name, "changed");
      expect(await bundled()).to.equal("made\n2");
    });
  }

  it("makes it anew when the lockfile is another", async () => {
    await bundled();
    expect(await bundled("{ }")).to.equal("made\n2");
  });

  it("leaves what is loaded at first use to its own bundle", async () => {
    await bundled();
    await save("late.ts", "changed");
    expect(await bundled()).to.equal("made\n1");
  });

  it("keeps nothing of a source that may have been saved while it was read", async () => {
    await save("other.ts", "just now", new Date());
    expect(await bundled()).to.equal("made\n1");
    expect(await bundled()).to.equal("made\n2");
  });

  it("makes it anew where a source is gone, or what was kept is damaged", async () => {
    await bundled();
    const folder = path.join(root, "node_modules/.cache/switchyard-bundles");
    const [kept = ""] = await readdir(folder);
    await writeFile(path.join(folder, kept), "");
    expect(await bundled()).to.equal("made\n2");
    await rm(path.join(root, "other.ts"));
    await bundled().catch(() => undefined);
    expect(made).to.equal(3);
  });
});
