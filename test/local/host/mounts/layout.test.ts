import { expect } from "chai";
import fc from "fast-check";
import path from "node:path";
import { layoutOf } from "../../../../local/host/mounts/layout.ts";

describe("layoutOf", () => {
  it("makes files of names, and the folders above them", () => {
    expect(layoutOf(["a.txt", "b/c/d.txt"], true)).to.deep.equal({
      folders: ["b", "b/c"],
      files: ["a.txt", "b/c/d.txt"],
      leftOut: [],
    });
  });

  it("makes a folder of a name with a slash at its end, and nothing of the folder that is mounted", () => {
    expect(layoutOf(["", "e/", "e/f/"], true)).to.deep.equal({
      folders: ["e", "e/f"],
      files: [],
      leftOut: [],
    });
  });

  it("shows without implicit-dirs only what lies in folders that are objects", () => {
    expect(layoutOf(["a/", "a/b.txt", "c/d.txt", "e/f/", "g.txt"], false)).to.deep.equal({
      folders: ["a"],
      files: ["a/b.txt", "g.txt"],
      leftOut: [{ name: "c/d.txt", why: "no object makes its folder, and implicit-dirs is off" }],
    });
  });

  it("shows the folder where a file has the same name", () => {
    expect(layoutOf(["a", "a/b"], true)).to.deep.equal({
      folders: ["a"],
      files: ["a/b"],
      leftOut: [{ name: "a", why: "a folder has its name" }],
    });
  });

  for (const [name, why] of [
    ["a//b", "a part of its name is empty"],
    ["/a", "a part of its name is empty"],
    ["/", "a part of its name is empty"],
    ["a//", "a part of its name is empty"],
    ["..", "its name climbs"],
    ["a/../b", "its name climbs"],
    ["a/./b", "its name climbs"],
    ["a\0b", "its name has a NUL"],
    ["a".repeat(256), "a part of its name is too long"],
  ] as const) {
    it(`leaves out ${JSON.stringify(name.slice(0, 10))}: ${why}`, () => {
      expect(layoutOf([name], true)).to.deep.equal({
        folders: [],
        files: [],
        leftOut: [{ name, why }],
      });
    });
  }

  const part = fc.oneof(
    fc.constantFrom("", ".", "..", "a", "b", "a.txt"),
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  const names = fc.uniqueArray(fc.array(part, { maxLength: 4 }).map((parts) => parts.join("/")));

  it("lets nothing lie outside the mount, whatever the names", () => {
    fc.assert(
      fc.property(names, fc.boolean(), (given, implicitDirs) => {
        const { folders, files } = layoutOf(given, implicitDirs);
        for (const each of [...folders, ...files]) {
          expect(path.resolve("/mount", each)).to.equal(`/mount/${each}`);
        }
      }),
    );
  });

  it("names each object once: as a file, a folder, or left out", () => {
    fc.assert(
      fc.property(names, (given) => {
        const { folders, files, leftOut } = layoutOf(given, true);
        const told = [...files, ...leftOut.map(({ name }) => name)];
        const rest = given.filter((name) => !told.includes(name) && name !== "");
        expect(new Set(told).size).to.equal(told.length);
        expect(rest.every((name) => folders.includes(name.slice(0, -1)))).to.equal(true);
      }),
    );
  });

  it("puts a folder before what is in it", () => {
    fc.assert(
      fc.property(names, (given) => {
        const { folders } = layoutOf(given, true);
        for (const [index, folder] of folders.entries()) {
          const parent = path.posix.dirname(folder);
          expect(parent === "." || folders.indexOf(parent) < index).to.equal(true);
        }
      }),
    );
  });
});
