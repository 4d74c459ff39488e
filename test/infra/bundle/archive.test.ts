import { expect } from "chai";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { gunzipSync } from "node:zlib";
import { tarGz } from "../../../infra/bundle/archive.ts";

/** Name → content, as the machine's own tar unpacks it. */
function unpacked(archive: Buffer): Record<string, string> {
  const tar = (...args: readonly string[]): Buffer =>
    execFileSync("tar", [...args], { input: archive, maxBuffer: 2 ** 24 });
  const names = tar("-tzf", "-").toString().split("\n").filter(Boolean);
  return Object.fromEntries(
    names.map((name) => [name, tar("-xzOf", "-", name).toString("latin1")]),
  );
}

const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,30}$/);

describe("tarGz", () => {
  it("holds the files, byte for byte", () => {
    const files = fc.dictionary(name, fc.uint8Array({ maxLength: 2000 }), { maxKeys: 4 });
    fc.assert(
      fc.property(files, (given) => {
        const wanted = Object.entries(given).map(([key, bytes]) => [
          key,
          Buffer.from(bytes).toString("latin1"),
        ]);
        expect(unpacked(tarGz(new Map(Object.entries(given))))).to.deep.equal(
          Object.fromEntries(wanted),
        );
      }),
      { numRuns: 20 },
    );
  });

  for (const size of [0, 511, 512, 513, 65_535, 65_536, 200_000]) {
    it(`holds a file of ${size} bytes`, () => {
      const content = Buffer.alloc(size, "abcdefg");
      expect(unpacked(tarGz(new Map([["index.js", content]])))).to.deep.equal({
        "index.js": content.toString(),
      });
    });
  }

  it("says the same of the same files, whatever their order, and nothing of whose and when", () => {
    const [a, b] = [Buffer.from("a"), Buffer.from("b")];
    const archive = tarGz(
      new Map([
        ["a.js", a],
        ["b.js", b],
      ]),
    );
    expect(
      archive.equals(
        tarGz(
          new Map([
            ["b.js", b],
            ["a.js", a],
          ]),
        ),
      ),
    ).to.equal(true);
    const listed = execFileSync("tar", ["--numeric-owner", "--utc", "-tvzf", "-"], {
      input: archive,
    });
    expect(listed.toString().split("\n").filter(Boolean)).to.deep.equal([
      "-rw-r--r-- 0/0               1 1970-01-01 00:00 a.js",
      "-rw-r--r-- 0/0               1 1970-01-01 00:00 b.js",
    ]);
  });

  it("has no time in its header, and no compressor's choices in its bytes", () => {
    const content = Buffer.alloc(100_000, "same ");
    const archive = tarGz(new Map([["index.js", content]]));
    expect(archive.subarray(0, 10).toString("hex")).to.equal("1f8b08000000000000ff");
    expect(gunzipSync(archive).includes(content)).to.equal(true);
    expect(archive.includes(content.subarray(0, 60_000))).to.equal(true);
  });

  it("refuses a name that has no place in it", () => {
    const long = "n".repeat(101);
    expect(() => tarGz(new Map([[long, Buffer.alloc(0)]]))).to.throw(
      `${long} is too long a name for the archive.`,
    );
  });
});
