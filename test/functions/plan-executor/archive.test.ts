import { execFile } from "node:child_process";
import { lstat, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { BadArchive, unpack } from "../../../functions/plan-executor/adapters/archive.ts";
import { Tree } from "../../../functions/plan-executor/adapters/tree.ts";
import { ARCHIVE_LIMITS } from "../../../functions/plan-executor/limits.ts";
import { snapshot } from "../../support/plan-executor/snapshot.ts";
import { extended, tar, tarball } from "../../support/plan-executor/tarball.ts";
import type { TarEntry } from "../../support/plan-executor/tarball.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const MAIN = { path: "r/main.tf", content: "a" } as const;
const BLOCK = 512;

/** Only files have any. */
function contentOf({ type, content }: { readonly type: string; readonly content: string }): string {
  return type === "0" ? content : "";
}

describe("the archive of a commit", () => {
  let root: string;
  let into: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), "archive-")));
    into = await mkdtemp(path.join(root, "into-"));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const signal = new AbortController().signal;

  async function unpackBytes(
    bytes: Buffer,
    chunk = 10_000,
    limits = ARCHIVE_LIMITS,
  ): Promise<number> {
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < bytes.length; at += chunk) {
        yield await Promise.resolve(bytes.subarray(at, at + chunk));
      }
    }
    return unpack(Readable.from(pieces()), into, () => 7, signal, limits);
  }

  const unpackEntries = (...entries: TarEntry[]): Promise<number> =>
    unpackBytes(gzipSync(tar(entries)));

  const files = (): Promise<Record<string, string>> => snapshot(into);

  async function refusalOf(bytes: Buffer, limits = ARCHIVE_LIMITS): Promise<string> {
    const error = await thrownBy(() => unpackBytes(bytes, undefined, limits));
    if (!(error instanceof BadArchive)) throw error;
    return error.message;
  }

  it("is unpacked without its first level", async () => {
    await unpackBytes(tarball({ "main.tf": "a", "envs/prod/main.tf": "b" }), 100);
    expect(await files()).to.deep.equal({
      envs: "folder",
      "envs/prod": "folder",
      "envs/prod/main.tf": "program b",
      "main.tf": "program a",
    });
  });

  it("says when its last byte had arrived", async () => {
    expect(await unpackBytes(tarball({ "main.tf": "a" }))).to.equal(7);
  });

  it("is the same however its bytes are cut", async () => {
    const name = "ä".repeat(120);
    const bytes = tarball({ [name]: "x".repeat(700) });
    await unpackBytes(bytes, 1);
    const key = Buffer.from(name).toString("latin1");
    expect(await files()).to.deep.equal({ [key]: `program ${"x".repeat(700)}` });
  });

  it("has no modes but whether a file may be run", async () => {
    await unpackEntries(
      { path: "r/plain", mode: 0o600 },
      { path: "r/program", mode: 0o4744 },
      { path: "r/folder/", type: "5", mode: 0 },
    );
    expect(await files()).to.deep.equal({
      folder: "folder",
      plain: "file ",
      program: "program ",
    });
    const { mode } = await lstat(path.join(into, "program"));
    expect(mode & 0o7000).to.equal(0);
  });

  describe("its links", () => {
    it("stay as they are where they lead to a place inside", async () => {
      const links = {
        "envs/prod/a": "../../modules/a",
        "envs/prod/top": "../..",
        "envs/self": ".",
        "envs/up-and-down": "../modules/../envs/prod",
        "envs/not-there": "../missing/x",
      };
      const entries = Object.entries(links).map(([name, linkpath]) => ({
        path: `r/${name}`,
        type: "2",
        linkpath,
      }));
      await unpackEntries(...entries, { path: "r/modules/a/main.tf", content: "a" });
      expect(await files()).to.deep.include(
        Object.fromEntries(Object.entries(links).map(([name, to]) => [name, `link ${to}`])),
      );
      expect(await readFile(path.join(into, "envs/prod/a/main.tf"), "utf8")).to.equal("a");
    });

    it("lead to links in whatever order they come", async () => {
      const entries = [
        { path: "r/modules/latest", type: "2", linkpath: "current" },
        { path: "r/modules/current", type: "2", linkpath: "v1" },
        { path: "r/envs/module", type: "2", linkpath: "../modules/latest" },
        { path: "r/modules/v1/main.tf", content: "a" },
      ];
      const through = async (): Promise<string> =>
        readFile(path.join(into, "envs/module/main.tf"), "utf8");
      await unpackEntries(...entries);
      expect(await through()).to.equal("a");
      into = await mkdtemp(path.join(root, "into-"));
      await unpackEntries(...entries.toReversed());
      expect(await through()).to.equal("a");
      expect(await files()).to.deep.include({
        "modules/current": "link v1",
        "modules/latest": "link current",
      });
    });

    it("may go round in circles, as git lets them", async () => {
      await unpackEntries(
        { path: "r/a", type: "2", linkpath: "b" },
        { path: "r/b", type: "2", linkpath: "a/b" },
      );
      expect(await files()).to.deep.equal({ a: "link b", b: "link a/b" });
    });

    for (const [why, name, linkpath] of [
      ["leads out", "l", "../x"],
      ["leads to the folder that holds the checkout", "l", ".."],
      ["leads to the folder above from below", "a/l", "../../x"],
      ["is absolute", "l", "/etc"],
      ["goes down and up again", "l", "a/../../x"],
      ["comes back from outside", "a/l", "../../into/main.tf"],
      ["leads through what is no folder", "a/l", "../main.tf/../../x"],
      ["has no target", "l", ""],
      ["has a target of more bytes than the system takes", "l", "x/".repeat(2_500)],
    ] as const) {
      it(`are closed where one ${why}`, async () => {
        await unpackEntries({ path: `r/${name}`, type: "2", linkpath }, MAIN);
        expect(await files()).to.deep.include({ [name]: "link l", "main.tf": "file a" });
        expect(await thrownBy(() => readFile(path.join(into, name)))).to.include({ code: "ELOOP" });
      });
    }

    it("are closed where a chain of them leads out, whatever each one looks like", async () => {
      await unpackEntries(
        { path: "r/out", type: "2", linkpath: "p/q/up/../x" },
        { path: "r/p/q/up", type: "2", linkpath: "../.." },
        { path: "r/next", type: "2", linkpath: "out" },
        { path: "r/p/fine", type: "2", linkpath: "q/up/main.tf" },
        MAIN,
      );
      expect(await files()).to.deep.equal({
        "main.tf": "file a",
        next: "link next",
        out: "link out",
        p: "folder",
        "p/fine": "link q/up/main.tf",
        "p/q": "folder",
        "p/q/up": "link ../..",
      });
    });

    it("are followed where they are hard ones too, in whatever order", async () => {
      await unpackEntries(
        { path: "r/a/later", type: "1", linkpath: "r/main.tf" },
        MAIN,
        { path: "r/earlier", type: "1", linkpath: "./r/main.tf" },
        { path: "r/a/abs", type: "1", linkpath: "/etc/passwd" },
        { path: "r/a/up", type: "1", linkpath: "r/../../x" },
        { path: "r/beside", type: "1", linkpath: "q/main.tf" },
      );
      expect(await files()).to.deep.equal({
        a: "folder",
        "a/abs": "link abs",
        "a/later": "link ../main.tf",
        "a/up": "link up",
        beside: "link beside",
        earlier: "link main.tf",
        "main.tf": "file a",
      });
    });
  });

  describe("writes nothing through a link", () => {
    for (const [what, link, file] of [
      ["to the folder above", { linkpath: ".." }, "dir/target"],
      ["that is absolute", { linkpath: "ROOT" }, "dir/target"],
      ["to a file above", { linkpath: "../target" }, "dir"],
      ["that is a hard one", { type: "1", linkpath: "r/../../target" }, "dir"],
      ["to a file inside", { linkpath: "main.tf" }, "dir"],
      ["to a folder inside", { linkpath: "d" }, "dir/main.tf"],
    ] as const) {
      for (const order of ["before", "after"] as const) {
        it(`${what} that comes ${order} the file`, async () => {
          await writeFile(path.join(root, "target"), "before");
          const linkpath = link.linkpath.replace("ROOT", root);
          const entries = [
            { type: "2", ...link, path: "r/dir", linkpath },
            { path: `r/${file}`, content: "after" },
          ];
          const others = [MAIN, { path: "r/d/main.tf", content: "b" }];
          await unpackEntries(...others, ...(order === "before" ? entries : entries.toReversed()));
          const name = path.basename(into);
          const unpacked = Object.entries({
            d: "folder",
            "d/main.tf": "file b",
            // It is a link and something else too, which no tree can have: nothing gets past it.
            dir: "link dir",
            "main.tf": "file a",
          }).map(([at, what]) => [`${name}/${at}`, what]);
          expect(await snapshot(root)).to.deep.equal({
            [name]: "folder",
            ...Object.fromEntries(unpacked),
            target: "file before",
          });
        });
      }
    }

    it("that leads nowhere yet, for another link either", async () => {
      await unpackEntries(
        { path: "r/a", type: "2", linkpath: ".." },
        { path: "r/a/b", type: "2", linkpath: "x" },
        { path: "r/c/d", type: "2", linkpath: "x" },
        { path: "r/c", type: "2", linkpath: "e" },
      );
      expect(await files()).to.deep.equal({ a: "link a", c: "link c" });
    });
  });

  it("neither writes nor leads outside, whatever it holds in whatever order", async () => {
    await writeFile(path.join(root, "target"), "before");
    const name = fc.constantFrom("a", "b", "target");
    const step = fc.oneof(name, fc.constantFrom("..", "..", ".", ""));
    const join = (parts: readonly string[]): string => parts.join("/");
    const entry = fc.record({
      path: fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `r/${join(parts)}`),
      type: fc.constantFrom("0", "1", "2", "2", "2", "5"),
      linkpath: fc.oneof(
        fc.array(step, { maxLength: 6 }).map(join),
        fc.array(name).map((parts) => `r/${join(parts)}`),
        fc.constantFrom(root, `${root}/target`, "r/../../target"),
      ),
      content: fc.constant("after"),
    });
    const property = fc.asyncProperty(fc.array(entry, { maxLength: 20 }), async (entries) => {
      await unpackEntries(...entries.map((each) => ({ ...each, content: contentOf(each) })));
      const found = await snapshot(root);
      const below = `${path.basename(into)}/`;
      for (const [at, what] of Object.entries(found)) {
        const real = await realpath(path.join(root, at)).catch((error: unknown) => error);
        if (at.startsWith(below)) {
          const isInside = typeof real === "string" && `${real}/`.startsWith(`${into}/`);
          const isNowhere = real instanceof Error && what.startsWith("link ");
          expect(isInside || isNowhere, `${at} ${what} ${String(real)}`).to.equal(true);
        }
      }
      const outside = Object.entries(found).filter(([at]) => !`${at}/`.startsWith(below));
      expect(outside).to.deep.equal([["target", "file before"]]);
      await rm(into, { recursive: true });
      await mkdir(into);
    });
    await fc.assert(property, { numRuns: 200, endOnFailure: true });
  });

  describe("its names", () => {
    const ODD = [
      "units/var-lib-docker\\x2ddata.mount",
      "..\\x",
      "a\nb.tf",
      "-rf",
      "C:x",
      "trailing.",
      "trailing ",
      " ",
      "*?<>|\"'$(x)`#~",
      "...",
      ".gitignore",
      "README",
      "readme",
      "ä/\u{1f600}",
      "\u0001",
      "b".repeat(255),
      `${`${"d".repeat(250)}/`.repeat(12)}x`,
      `${"e/".repeat(600)}x\ny`,
    ];

    it("may be whatever Linux and git allow", async () => {
      await unpackEntries(...ODD.map((name) => ({ path: `r/${name}`, content: name })));
      const found = Object.entries(await files()).filter(([, what]) => what !== "folder");
      const expected = ODD.map((name) => Buffer.from(name).toString("latin1"));
      expect(Object.fromEntries(found)).to.deep.equal(
        Object.fromEntries(expected.map((name) => [name, `file ${name}`])),
      );
    });

    it("may be bytes that are not UTF-8, of links and targets too", async function () {
      // Other systems want UTF-8.
      if (process.platform !== "linux") return this.skip();
      const bytes = (text: string) => Buffer.from(text, "latin1");
      const long = "\xff".repeat(200);
      await unpackEntries(
        { path: bytes("r/\xe4\xff/x"), content: "a" },
        { path: bytes(`r/${long}`), content: "b" },
        { path: "r/l", type: "2", linkpath: bytes("\xe4\xff/x") },
        { path: bytes("r/\xfe"), type: "2", linkpath: bytes(long) },
      );
      expect(await files()).to.deep.equal({
        "\xe4\xff": "folder",
        "\xe4\xff/x": "file a",
        [long]: "file b",
        l: "link \xe4\xff/x",
        "\xfe": `link ${long}`,
      });
    });

    it("are closed at their end where they are longer than any file system takes", async () => {
      const name = "x".repeat(300);
      await unpackEntries(
        MAIN,
        { path: `r/envs/${name}.tf`, content: "b" },
        { path: `r/${name}/main.tf`, content: "b" },
        { path: `r/links/${name}`, type: "2", linkpath: "../main.tf" },
      );
      const end = "x".repeat(60);
      expect(await files()).to.deep.equal({
        envs: "folder",
        [`envs/${end.slice(3)}.tf`]: `link ${end.slice(3)}.tf`,
        links: "folder",
        [`links/${end}`]: `link ${end}`,
        "main.tf": "file a",
        [end]: `link ${end}`,
      });
    });

    it("are closed at the last folder that there can be where there are too many of them", async () => {
      const deep = `${"d".repeat(250)}/`.repeat(15) + "d/".repeat(400_000);
      await unpackEntries(MAIN, { path: `r/deep/${deep}x`, content: "b" });
      const found = await files();
      expect(found).to.include({ deep: "folder", "main.tf": "file a" });
      const [end = ""] = Object.keys(found).toSorted((a, b) => b.length - a.length);
      expect(found[end]).to.equal("link d");
      expect(Object.values(found)).to.not.include("file b");
    });

    it("are closed where they come twice", async () => {
      await unpackEntries(
        { path: "r/file", content: "a" },
        { path: "r/file", content: "b" },
        { path: "r/link", type: "2", linkpath: "main.tf" },
        { path: "r/link", type: "2", linkpath: "x" },
        { path: "r/both/x", content: "a" },
        { path: "r/both", content: "b" },
        { path: "r/again/x/y", content: "a" },
        { path: "r/again", content: "b" },
        { path: "r/again/x/y", content: "c" },
        { path: "r/too", content: "a" },
        { path: "r/too/x/y", content: "b" },
        { path: "r/folder/", type: "5" },
        { path: "r/folder/", type: "5" },
        MAIN,
      );
      expect(await files()).to.deep.equal({
        again: "link again",
        both: "link both",
        file: "link file",
        folder: "folder",
        link: "link link",
        "main.tf": "file a",
        too: "link too",
      });
    });

    for (const [what, name, message] of [
      ["an absolute path", "/etc/x", '"/etc/x" leads out of it.'],
      ["a path with ..", "r/../../x", '"r/../../x" leads out of it.'],
      ["a path of ..", "..", '".." leads out of it.'],
      ["a path beside the folder of the others", "q/x", '"q/x" leads out of it.'],
      ["a file in place of that folder", "r", '"r" is in no folder.'],
      ["git's own folder", "r/a/.git/config", '"r/a/.git/config" is git\'s own.'],
      ["git's own folder in capitals", "r/.GIT", '"r/.GIT" is git\'s own.'],
    ] as const) {
      it(`refuse the archive where one is ${what}`, async () => {
        const bytes = gzipSync(tar([MAIN, { path: name, content: "after" }]));
        expect(await refusalOf(bytes)).to.equal(message);
        expect(await files()).to.deep.equal({ "main.tf": "file a" });
      });
    }

    it("refuse the archive where even the first leads out", async () => {
      for (const name of ["/r/x", "../x", "..", "r/.."]) {
        expect(await refusalOf(gzipSync(tar([{ path: name }])))).to.equal(
          `"${name}" leads out of it.`,
        );
      }
      expect(await files()).to.deep.equal({});
    });

    it("lose what is empty or a dot", async () => {
      await unpackEntries({ path: "./r//a/./b/", type: "5" }, { path: "r/a//c", content: "c" });
      expect(await files()).to.deep.equal({ a: "folder", "a/b": "folder", "a/c": "file c" });
    });
  });

  describe("its format", () => {
    it("knows the types of files of old, and contiguous ones", async () => {
      await unpackEntries(
        { path: "r/old", type: "\0", content: "a" },
        { path: "r/contiguous", type: "7", content: "b" },
        { path: "r/folder/", type: "\0" },
        { path: "r/new/", type: "0" },
      );
      expect(await files()).to.deep.equal({
        contiguous: "file b",
        folder: "folder",
        new: "folder",
        old: "file a",
      });
    });

    for (const [what, type] of [
      ["a character device", "3"],
      ["a block device", "4"],
      ["a pipe", "6"],
      ["GNU's long name", "L"],
      ["a type that nobody knows", "?"],
    ] as const) {
      it(`is refused for ${what}`, async () => {
        const bytes = gzipSync(tar([MAIN, { path: "r/x", type }]));
        expect(await refusalOf(bytes)).to.equal('"r/x" is no file, folder or link.');
      });
    }

    it("has long paths in two fields, but for GNU's own format", async () => {
      await unpackEntries(
        { path: "x", content: "a", fields: { 345: "r/below" } },
        { path: "r/y", content: "b", fields: { 257: "ustar  \0", 345: "14712345670" } },
      );
      expect(await files()).to.deep.equal({ below: "folder", "below/x": "file a", y: "file b" });
    });

    it("has what one entry needs, or all that follow, in a header of its own", async () => {
      await unpackEntries(
        extended({ comment: "0123abc", path: "r/common", mtime: "1" }, "g"),
        { path: "r/one", content: "a" },
        extended({ path: "r/two\n7 a=b\n", size: "1" }),
        { path: "r/other", content: "b", size: 0 },
        extended({ linkpath: "main.tf\0x" }),
        { path: "r/not", type: "2", linkpath: "not" },
      );
      expect(await files()).to.deep.equal({ common: "link common", "two\n7 a=b\n": "file b" });
    });

    it("may have bytes after its end", async () => {
      const after = tar([{ path: "r/after", content: "b" }]);
      await unpackBytes(gzipSync(Buffer.concat([tar([MAIN]), after, Buffer.alloc(40_000, "x")])));
      expect(await files()).to.deep.equal({ "main.tf": "file a" });
    });

    it("may have no entry at all", async () => {
      await unpackEntries(extended({ comment: "x" }, "g"));
      expect(await files()).to.deep.equal({});
    });

    it("is not taken for something packed because of how a piece of it begins", async () => {
      const zstd = "(\xb5/\xfd";
      await unpackBytes(
        gzipSync(
          tar([
            { path: "(r)/main.tf", content: Buffer.from(`${zstd}a`, "latin1") },
            { path: "(r)/x", content: Buffer.from("\x1f\x8b\x08", "latin1") },
          ]),
        ),
        // So that every header and every content begins a piece.
        BLOCK,
      );
      expect(await files()).to.deep.equal({ "main.tf": `file ${zstd}a`, x: "file \x1f\x8b\x08" });
    });

    const whole = tar([MAIN]);
    const changed = (at: number, byte: number): Buffer => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      return bytes;
    };
    for (const [what, bytes] of [
      ["a damaged header", changed(3, 0x21)],
      ["a damaged checksum", changed(149, 0x37)],
      ["a checksum that is no number", changed(149, 0x21)],
      ["a size that is no number", tar([{ ...MAIN, fields: { 124: "size" } }])],
      [
        "a size in another base",
        tar([{ ...MAIN, fields: { 124: "\x80\0\0\0\0\0\0\0\0\0\0\x01" } }]),
      ],
      ["a mode that is no number", tar([{ ...MAIN, fields: { 100: "rwx" } }])],
      ["an end in the middle of a header", whole.subarray(0, 100)],
      ["an end in the middle of a file", whole.subarray(0, BLOCK)],
      ["no end", whole.subarray(0, -2 * BLOCK)],
      ["half an end", whole.subarray(0, -BLOCK)],
      ["half an end, and more", Buffer.concat([whole.subarray(0, -BLOCK), whole])],
      ["nothing in it", Buffer.alloc(0)],
      ["something else in it", Buffer.from("x".repeat(2_000))],
      ["a file that says it is huge", tar([{ ...MAIN, size: 2 ** 32 }])],
      [
        "an extended header without records",
        tar([{ path: "x", type: "x", content: "nothing" }, MAIN]),
      ],
      [
        "a record that says it is longer",
        tar([{ path: "x", type: "x", content: "99 path=r/x\n" }]),
      ],
      [
        "a record that says it is shorter",
        tar([{ path: "x", type: "x", content: "5 path=r/x\n" }]),
      ],
      ["a record of no length", tar([{ path: "x", type: "x", content: "0 path=r/x\n" }])],
      ["a record without a keyword", tar([{ path: "x", type: "x", content: "6 =ab\n" }])],
      ["a record whose size is no number", tar([extended({ size: "-1" }), MAIN])],
      ["an extended header that is huge", tar([extended({ path: "x".repeat(1024 * 1024) }), MAIN])],
    ] as const) {
      it(`is refused for ${what}`, async () => {
        expect(await refusalOf(gzipSync(bytes))).to.match(/^It (?:is damaged|ends too early)/);
      });
    }
  });

  it("is refused for more files than a repository has", async () => {
    const bytes = gzipSync(
      tar([
        { path: "r/", type: "5" },
        { path: "r/a/b/c" },
        { path: "r/a/b/", type: "5" },
        { path: "r/l", type: "2", linkpath: "a" },
      ]),
    );
    expect(await refusalOf(bytes, { ...ARCHIVE_LIMITS, entries: 3 })).to.equal(
      "It has more than 3 files.",
    );
    into = await mkdtemp(path.join(root, "into-"));
    await unpackBytes(bytes, undefined, { ...ARCHIVE_LIMITS, entries: 4 });
    expect(Object.keys(await files())).to.deep.equal(["a", "a/b", "a/b/c", "l"]);
  });

  it("is refused once it has grown too large, whatever its headers say", async () => {
    const limits = { ...ARCHIVE_LIMITS, unpackedBytes: 1024 * 1024 };
    const rest = Buffer.alloc(limits.unpackedBytes);
    for (const bytes of [
      Buffer.concat([tar([MAIN]), rest]),
      tar([{ ...MAIN, content: rest, size: 3 }]),
      tar([{ ...MAIN, content: rest }]),
    ]) {
      into = await mkdtemp(path.join(root, "into-"));
      expect(await refusalOf(gzipSync(bytes), limits)).to.match(
        /^It is (?:larger than 1 MB|damaged)/,
      );
    }
  });

  it("is refused where it has too many bytes as it travels", async () => {
    const bytes = tarball({ "main.tf": "a" });
    const limits = { ...ARCHIVE_LIMITS, bytes: bytes.length };
    await unpackBytes(bytes, undefined, limits);
    const over = { ...limits, bytes: bytes.length - 1 };
    expect(await refusalOf(bytes, over)).to.match(/^It is larger than 0\.0\d+ MB\.$/);
  });

  it("is refused where it was packed twice, which would evade the limit", async () => {
    const limits = { ...ARCHIVE_LIMITS, unpackedBytes: 1024 * 1024 };
    const large = tar([{ path: "r/main.tf", content: Buffer.alloc(8 * limits.unpackedBytes) }]);
    for (const pack of [gzipSync, zstdCompressSync]) {
      const message = await refusalOf(gzipSync(pack(large)), limits);
      expect(message, pack.name).to.match(/^It (?:is damaged|ends too early)/);
    }
    expect(await files()).to.deep.equal({});
  });

  describe("fails, and is not refused,", () => {
    async function failureOf(bytes: Buffer): Promise<unknown> {
      const error = await thrownBy(() => unpackBytes(bytes));
      expect(error).to.be.instanceOf(Error);
      expect(error).not.to.be.instanceOf(BadArchive);
      return error;
    }

    it("where it breaks off", async () => {
      const bytes = tarball({ "main.tf": "a".repeat(2_000) });
      expect(await failureOf(bytes.subarray(0, bytes.length - 20))).to.include({
        code: "Z_BUF_ERROR",
      });
    });

    it("where it was changed on its way, be it at its very end", async () => {
      const bytes = tarball({ "main.tf": "a" });
      bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 1;
      expect(await failureOf(bytes)).to.include({ code: "Z_DATA_ERROR" });
    });

    it("where its folder goes away", async () => {
      await rm(into, { recursive: true });
      expect(await failureOf(tarball({ "main.tf": "a" }))).to.include({ code: "ENOENT" });
      const link = gzipSync(tar([{ path: "r/l", type: "2", linkpath: "x" }]));
      expect(await failureOf(link)).to.include({ code: "ENOENT" });
    });

    it("where a file cannot be written to its end", async () => {
      // The shell's limit of a file's size stands for a disk that is full.
      const archive = path.join(root, "archive");
      await writeFile(archive, tarball({ "main.tf": "a".repeat(100_000) }));
      const url = new URL("../../../functions/plan-executor/adapters/archive.ts", import.meta.url);
      const script = `
        import { createReadStream } from "node:fs";
        import { BadArchive, unpack } from "${url.href}";
        const [, archive, into] = process.argv;
        const { signal } = new AbortController();
        await unpack(createReadStream(archive), into, () => 0, signal).catch((error) =>
          console.log(error.code, error instanceof BadArchive));`;
      const command = 'ulimit -f 8; exec "$0" --input-type=module -e "$1" "$2" "$3"';
      const args = ["-c", command, process.execPath, script, archive, into];
      const { stdout } = await promisify(execFile)("sh", args);
      expect(stdout).to.equal("EFBIG false\n");
    });
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const endless = new Readable({ read: () => controller.abort(new Error("told to")) });
    const error = await thrownBy(() => unpack(endless, into, () => 0, controller.signal));
    expect(String(error)).to.equal("Error: told to");
  });

  it("stops among its links when it is told to", async () => {
    const tree = new Tree(into, 1);
    await tree.link("l", "x");
    const told = AbortSignal.abort(new Error("told to"));
    expect(await thrownBy(() => tree.finish(told))).to.include({ message: "told to" });
    expect(await files()).to.deep.equal({});
  });
});
