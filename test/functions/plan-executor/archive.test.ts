import { mkdtemp, readFile, readdir, readlink, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { BadArchive, unpack } from "../../../functions/plan-executor/adapters/archive.ts";
import { ARCHIVE_LIMITS } from "../../../functions/plan-executor/limits.ts";
import { tar, tarball } from "../../support/plan-executor/tarball.ts";
import type { TarEntry } from "../../support/plan-executor/tarball.ts";
import { thrownBy } from "../../support/thrown-by.ts";

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

  const files = async (): Promise<string[]> => (await readdir(into, { recursive: true })).sort();

  it("is unpacked without its first level", async () => {
    await unpackBytes(tarball({ "main.tf": "a", "envs/prod/main.tf": "b" }), 100);
    expect(await files()).to.deep.equal(["envs", "envs/prod", "envs/prod/main.tf", "main.tf"]);
    expect(await readFile(path.join(into, "envs/prod/main.tf"), "utf8")).to.equal("b");
  });

  it("says when its last byte had arrived", async () => {
    expect(await unpackBytes(tarball({ "main.tf": "a" }))).to.equal(7);
  });

  it("keeps links that stay inside", async () => {
    await unpackEntries(
      { path: "r/modules/a/main.tf", content: "a" },
      { path: "r/envs/prod/a", type: "2", linkpath: "../../modules/a" },
    );
    expect(await readlink(path.join(into, "envs/prod/a"))).to.equal("../../modules/a");
    expect(await readFile(path.join(into, "envs/prod/a/main.tf"), "utf8")).to.equal("a");
  });

  for (const [why, entry] of [
    ["leads out", { path: "r/l", type: "2", linkpath: "../x" }],
    ["leads to the folder above from below", { path: "r/a/l", type: "2", linkpath: "../../x" }],
    ["is absolute", { path: "r/l", type: "2", linkpath: "/etc" }],
    ["goes down and up again", { path: "r/l", type: "2", linkpath: "a/../../x" }],
  ] as const) {
    it(`leaves out a link that ${why}`, async () => {
      await unpackEntries(entry, { path: "r/main.tf", content: "a" });
      expect((await files()).filter((name) => name.endsWith("l"))).to.deep.equal([]);
    });
  }

  it("leads nowhere else through a chain of links", async () => {
    await unpackEntries(
      { path: "r/p/q/up", type: "2", linkpath: "../.." },
      { path: "r/out", type: "2", linkpath: "p/q/up/../x" },
      { path: "r/main.tf", content: "a" },
    );
    expect(await readdir(into)).to.deep.equal(["main.tf", "p"]);
    expect(await realpath(path.join(into, "p/q/up"))).to.equal(into);
  });

  it("writes nothing through a link", async () => {
    await writeFile(path.join(root, "target"), "before");
    const outcome = await unpackEntries(
      { path: "r/dir", type: "2", linkpath: ".." },
      { path: "r/dir/target", content: "after" },
      { path: "r/abs", type: "2", linkpath: root },
      { path: "r/abs/target", content: "after" },
      { path: "r/file", type: "2", linkpath: "../target" },
      { path: "r/file", content: "after" },
    ).catch((error: unknown) => error);
    expect(await readFile(path.join(root, "target"), "utf8"), String(outcome)).to.equal("before");
  });

  for (const [what, entry] of [
    ["an absolute path", { path: "/etc/x" }],
    ["a path with ..", { path: "r/../../x" }],
    ["a backslash in a path", { path: "r/..\\x" }],
    ["a hard link", { path: "r/x", type: "1", linkpath: "/etc/passwd" }],
    ["a device", { path: "r/null", type: "3" }],
    ["a pipe", { path: "r/pipe", type: "6" }],
    ["a file that says it is huge", { path: "r/x", size: ARCHIVE_LIMITS.unpackedBytes + 1 }],
  ] as const) {
    it(`is refused for ${what}`, async () => {
      const entries = [{ path: "r/main.tf", content: "a" }, entry];
      const error = await thrownBy(() => unpackEntries(...entries));
      expect(error).to.be.instanceOf(BadArchive);
      expect(await readdir(root)).to.have.length(1);
    });
  }

  it("is refused for more files than a repository has", async () => {
    const bytes = tarball({ a: "", b: "", c: "" });
    const limits = { ...ARCHIVE_LIMITS, entries: 3 };
    await unpackBytes(bytes, undefined, { ...limits, entries: 4 });
    const error = await thrownBy(() => unpackBytes(bytes, undefined, limits));
    expect(error)
      .to.be.instanceOf(BadArchive)
      .with.property("message", "It has more than 3 files.");
  });

  it("is refused once it has grown too large, whatever its headers say", async () => {
    const limits = { ...ARCHIVE_LIMITS, unpackedBytes: 1024 * 1024 };
    const rest = Buffer.alloc(limits.unpackedBytes);
    const bytes = gzipSync(Buffer.concat([tar([{ path: "r/main.tf", content: "a" }]), rest]));
    const error = await thrownBy(() => unpackBytes(bytes, undefined, limits));
    expect(error).to.be.instanceOf(BadArchive).with.property("message", "It is larger than 1 MB.");
  });

  it("is refused where it was packed twice, which would evade the limit", async () => {
    const bytes = gzipSync(tarball({ "main.tf": "a" }));
    expect(await thrownBy(() => unpackBytes(bytes))).to.be.instanceOf(BadArchive);
  });

  it("fails, and is not refused, where it breaks off", async () => {
    const bytes = tarball({ "main.tf": "a".repeat(2_000) });
    const error = await thrownBy(() => unpackBytes(bytes.subarray(0, bytes.length - 20)));
    expect(error).to.be.instanceOf(Error);
    expect(error).not.to.be.instanceOf(BadArchive);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const endless = new Readable({ read: () => controller.abort(new Error("told to")) });
    const error = await thrownBy(() => unpack(endless, into, () => 0, controller.signal));
    expect(String(error)).to.equal("Error: told to");
  });
});
