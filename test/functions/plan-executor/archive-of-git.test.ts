import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { unpack } from "../../../functions/plan-executor/adapters/archive.ts";
import { snapshot } from "../../support/plan-executor/snapshot.ts";
import { tar } from "../../support/plan-executor/tarball.ts";

/** In texts that hold paths a character is a byte. */
interface Entry {
  readonly path: string;
  readonly kind: "file" | "program" | "link";
  /** A file's, or where a link leads. */
  readonly content: string;
}

const HAS_GIT = spawnSync("git", ["--version"]).status === 0;
const ENV = {
  PATH: process.env.PATH,
  HOME: tmpdir(),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};
/** Other systems know names in UTF-8 only, and do not tell case apart. */
const BYTES = process.platform === "linux" ? ["\xff\xfe", "A", "\xc3\xa9"] : [];

const names = fc.constantFrom(
  ...["a", "b", "modules", "latest", "main.tf", "-rf", "a:b", "x\\x2dy", "n\nl", " ", "trailing."],
  ...["*", "..a", "...", "~", "'\"", "l".repeat(255), "m".repeat(99), ...BYTES],
);
const targets = fc.oneof(
  { weight: 5, arbitrary: fc.array(fc.oneof(names, fc.constant("..")), { minLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom(["", "etc", "passwd"], ["."], ["", ""], ["..", ".."]) },
);
const entries = fc.record({
  path: fc.array(names, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/")),
  kind: fc.constantFrom("file", "program", "link", "link"),
  content: targets.map((parts) => parts.join("/")),
});
/** Entries in any order, none of which is in the way of another. Some links lead to what is there. */
const trees = fc
  .array(entries, { minLength: 1, maxLength: 25 })
  .chain((tree) =>
    fc.tuple(
      fc.constant(tree),
      fc.array(fc.nat(), { minLength: tree.length, maxLength: tree.length }),
    ),
  )
  .map(([tree, picks]) => {
    const kept: Entry[] = [];
    for (const [at, entry] of tree.entries()) {
      const isFree = kept.every(
        ({ path: other }) =>
          !`${other}/`.startsWith(`${entry.path}/`) && !isBelow(entry.path, other),
      );
      if (!isFree) continue;
      const goal = kept[(picks[at] ?? 0) % Math.max(1, 2 * kept.length)];
      const isLinkToIt = entry.kind === "link" && goal !== undefined;
      kept.push(isLinkToIt ? { ...entry, content: between(entry.path, goal.path) } : entry);
    }
    return kept;
  });

function isBelow(inner: string, outer: string): boolean {
  return `${inner}/`.startsWith(`${outer}/`);
}

function between(from: string, to: string): string {
  return "../".repeat(from.split("/").length - 1) + to;
}

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

describe("the archive of a commit that git packs", function () {
  if (!HAS_GIT) {
    this.pending = true;
    console.log(`${this.fullTitle()} is skipped: there is no git here`);
  }
  let root: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), "archive-git-")));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  function git(args: readonly string[], input?: Buffer): Buffer {
    return execFileSync("git", args, {
      cwd: path.join(root, "git"),
      env: ENV,
      input,
      stdio: "pipe",
    });
  }

  /** Commits the entries; checks them out into `git`, and packs them as GitHub does. */
  async function committed(tree: readonly Entry[]): Promise<Buffer> {
    await mkdir(path.join(root, "git"));
    git(["init", "--quiet", "--initial-branch=main"]);
    const modes = { file: "100644", program: "100755", link: "120000" };
    const lines = tree.flatMap(({ path: name, kind, content }) => [
      bytes(`M ${modes[kind]} inline ${quoted(name)}\ndata ${content.length}\n`),
      bytes(`${content}\n`),
    ]);
    const head = bytes("commit refs/heads/main\ncommitter a <a@b.c> 0 +0000\ndata 0\n");
    git(["fast-import", "--quiet"], Buffer.concat([head, ...lines]));
    git(["checkout", "--quiet", "--force", "main"]);
    return git(["archive", "--format=tar.gz", "--prefix=o-r-0123abc/", "main"]);
  }

  async function unpacked(archive: Buffer): Promise<Record<string, string>> {
    const into = await mkdtemp(path.join(root, "into-"));
    const { signal } = new AbortController();
    await unpack(Readable.from([archive]), into, () => 0, signal);
    return snapshot(into);
  }

  function packed(tree: readonly Entry[]): Buffer {
    return gzipSync(
      tar(
        tree.map(({ path: name, kind, content }) => ({
          path: bytes(`r/${name}`),
          ...(kind === "link"
            ? { type: "2", linkpath: bytes(content) }
            : { content: bytes(content), mode: kind === "file" ? 0o644 : 0o755 }),
        })),
      ),
    );
  }

  /** What the system says of a link: it leads to a place within the folder, out of it, or it does not say. */
  async function ledBy(name: string): Promise<"inside" | "outside" | "nowhere"> {
    const at = Buffer.concat([Buffer.from(`${root}/git/`), bytes(name)]);
    const real = await realpath(at, "buffer").catch(() => undefined);
    if (real === undefined) return "nowhere";
    return `${real.toString("latin1")}/`.startsWith(`${root}/git/`) ? "inside" : "outside";
  }

  it("is what git checks out, in any order of its entries, but for links that lead out", async () => {
    const property = fc.asyncProperty(trees, async (tree) => {
      const archive = await committed(tree);
      try {
        const { ".git": own, ...all } = await snapshot(path.join(root, "git"));
        const checkout = Object.fromEntries(
          Object.entries(all).filter(([name]) => !name.startsWith(".git/")),
        );
        expect(own).to.equal("folder");
        const found = await unpacked(archive);
        expect(await unpacked(packed(tree))).to.deep.equal(found);
        expect(Object.keys(found)).to.deep.equal(Object.keys(checkout));
        for (const [name, what] of Object.entries(checkout)) {
          const closed = `link ${path.posix.basename(name)}`;
          const isLink = what.startsWith("link ");
          const led = isLink ? await ledBy(name) : "inside";
          if (led === "outside") expect(found[name], name).to.equal(closed);
          else if (led === "nowhere") expect([closed, what]).to.include(found[name]);
          else expect(found[name], name).to.equal(what);
        }
      } finally {
        await rm(path.join(root, "git"), { recursive: true });
      }
    });
    await fc.assert(property, { numRuns: 15, endOnFailure: true });
  }).timeout(120_000);
});

/** As fast-import reads paths. */
function quoted(name: string): string {
  const octal = (char: string): string => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
  return `"${name.replace(/[^A-Za-z0-9/]/g, octal)}"`;
}
