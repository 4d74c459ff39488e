import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { README_FILE, withGeneratedParts } from "../infra/commands/readme.ts";

const ROOT = dirname(README_FILE);
const readme = readFileSync(README_FILE, "utf8");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

describe("README", () => {
  it("has the generated parts as the code says them now (npm run readme)", () => {
    expect(withGeneratedParts(readme)).to.equal(readme);
  });

  for (const file of ["README.md", "local/README.md"]) {
    it(`links only to what exists, in ${file}`, () => {
      const folder = dirname(join(ROOT, file));
      const text = readFileSync(join(ROOT, file), "utf8");
      const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, target = ""]) => target);
      const local = links.filter((target) => !target.startsWith("https://"));
      expect(local.filter((target) => !existsSync(join(folder, target)))).to.deep.equal([]);
    });
  }

  it("names only scripts that exist", () => {
    const named = [...readme.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)];
    expect(named.filter(([, name = ""]) => !Object.hasOwn(scripts, name))).to.deep.equal([]);
  });

  it("writes `npm run within` in one way: npm takes one --, and the command follows", () => {
    const ways = [...readme.matchAll(/npm run within -- (?:--as \S+ )?(\S+)/g)];
    expect(ways).to.have.length.above(2);
    expect(ways.filter(([, next]) => next === "--")).to.deep.equal([]);
  });

  it("keeps npm's own lines out of what is written to a file", () => {
    const redirected = [...readme.matchAll(/npm run .*>.*/g)].map(([line]) => line);
    expect(redirected.filter((line) => !line.includes("--silent"))).to.deep.equal([]);
  });
});

describe("npm ci", () => {
  it("asks about no package's install script: each is refused, since nothing needs it", () => {
    const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), "utf8"));
    const { packages } = read("package-lock.json") as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const { allowScripts } = read("package.json") as { allowScripts: Record<string, boolean> };
    const scripted = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript);
    const names = scripted.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + 13));
    expect(allowScripts).to.deep.equal(Object.fromEntries(names.map((name) => [name, false])));
  });
});

describe("npm scripts", () => {
  for (const [name, command] of Object.entries(scripts)) {
    it(`${name} looks at the Node it is run by first`, () => {
      expect(command).to.match(/^node local\/check-node\.mjs && /);
    });
  }

  it("say which Node is needed where none came", () => {
    const check = join(ROOT, "local/check-node.mjs");
    // An older Node is not at hand, so this one says that it is old.
    const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });";
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, check],
      { encoding: "utf8" },
    );
    expect({ status, says: stderr.includes("Switchyard needs Node 24 or later") }).to.deep.equal({
      status: 1,
      says: true,
    });
  });

  it("say where the Pulumi CLI is to be had where there is none", () => {
    const command = join(ROOT, "infra/commands/pulumi.ts");
    const { status, stderr } = spawnSync(process.execPath, [command, "version"], {
      encoding: "utf8",
      env: { PATH: "/nowhere" },
    });
    expect(status).to.equal(1);
    expect(stderr).to.include("https://www.pulumi.com/docs/install/");
  });
});
