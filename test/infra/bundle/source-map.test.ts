import { expect } from "chai";
import { SourceMap } from "node:module";
import type { SourceMapPayload } from "node:module";
import { transform } from "esbuild";
import fc from "fast-check";
import { mapOf } from "../../../infra/bundle/source-map.ts";

/** From the bundle's line and column to where they come from, all counted from 1. */
function originIn(map: string, line: number, column: number): object {
  return new SourceMap(JSON.parse(map) as SourceMapPayload).findOrigin(line, column);
}

/** Of two lines: a.ts, from column 5 a package, up to column 5 of the second, where b.ts has its first and second line. */
const MAP = JSON.stringify({
  version: 3,
  sources: ["../node_modules/p/p.js", "../functions/a.ts", "../functions/b.ts"],
  sourcesContent: ["the", "text", "of all"],
  names: ["n"],
  mappings: "ACAA,IDAA;AACA,IEDA,KACA",
});

const own = (source: string): string | undefined =>
  source.includes("node_modules") ? undefined : source.replace("../", "");

describe("the source map of a bundle", () => {
  it("has neither packages nor texts nor names", () => {
    expect(JSON.parse(mapOf(MAP, "../../", own))).to.deep.include({
      version: 3,
      sourceRoot: "../../",
      sources: ["functions/a.ts", "functions/b.ts"],
      names: [],
    });
    expect(mapOf(MAP, "../../", own)).not.to.match(/sourcesContent|node_modules|\n/);
  });

  it("knows what is ours, and no place for what is a package's", () => {
    const map = mapOf(MAP, "../../", own);
    const at = (file: string, lineNumber: number, columnNumber: number): object => ({
      name: undefined,
      fileName: `functions/${file}`,
      lineNumber,
      columnNumber,
    });
    expect(originIn(map, 1, 1)).to.deep.equal(at("a.ts", 1, 1));
    expect(originIn(map, 1, 5)).to.deep.equal({});
    expect(originIn(map, 2, 1)).to.deep.equal({});
    expect(originIn(map, 2, 4)).to.deep.equal({});
    expect(originIn(map, 2, 7)).to.deep.equal(at("b.ts", 1, 3));
    expect(originIn(map, 2, 10)).to.deep.equal(at("b.ts", 2, 1));
  });

  it("says of any code what the whole map says", async () => {
    const statement = fc
      .tuple(fc.constantFrom("f(", "\n\n  g(  ", "var x=(", "\t"), fc.integer(), fc.string())
      .map(([start, number, text]) =>
        start === "\t" ? "\n" : `${start}${number}, ${JSON.stringify(text)});`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { maxLength: 50 }), async (statements) => {
        const code = statements.join("");
        const made = await transform(code, { sourcemap: "external", sourcefile: "a.ts" });
        const kept = mapOf(made.map, "", (source) => source);
        const [given, written] = [made.map, kept].map(
          (map) => (JSON.parse(map) as { mappings: string }).mappings,
        );
        expect(written).to.equal(given?.replace(/;+$/, ""));
      }),
      { numRuns: 30 },
    );
  });
});
