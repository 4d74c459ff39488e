import { expect } from "chai";
import fc from "fast-check";
import { decoded, matchOf, patternOf } from "../../../local/http/routes.ts";

/** The variables that a path has by a template; undefined where it does not fit. */
function variables(template: string, method: string, path: string): object | undefined {
  const found = matchOf([patternOf(template)], method, path)?.variables;
  return found && Object.fromEntries(Object.entries(found).filter(([, value]) => value));
}

describe("a route", () => {
  const CASES: readonly (readonly [template: string, asked: string, found: object | undefined])[] =
    [
      ["GET /b/{bucket}", "GET /b/one", { bucket: "one" }],
      ["GET /b/{bucket}", "POST /b/one", undefined],
      ["GET /b/{bucket}", "GET /b/", undefined],
      ["GET /b/{bucket}", "GET /b/one/o", undefined],
      ["GET /b/{bucket}", "GET /a/b/one", undefined],
      ["GET /b/{bucket}", "GET /b/a%2Fb:c", { bucket: "a%2Fb:c" }],
      ["GET /b/{bucket}/o/{object}", "GET /b/one/o/two", { bucket: "one", object: "two" }],
      ["GET /{bucket}/{object*}", "GET /one/a/b", { bucket: "one", object: "a/b" }],
      ["GET /{bucket}/{object*}", "GET /one/", undefined],
      ["GET /c/{ref*}/runs", "GET /c/a/b/runs", { ref: "a/b" }],
      ["GET [/download]/b/{bucket}", "GET /b/one", { bucket: "one" }],
      ["GET [/download]/b/{bucket}", "GET /download/b/one", { bucket: "one" }],
      ["GET [/download]/b/{bucket}", "GET /upload/b/one", undefined],
      ["GET /s[/{name}]", "GET /s", {}],
      ["GET /s[/{name}]", "GET /s/one", { name: "one" }],
      ["GET /s[/{name}]", "GET /s/", undefined],
      ["GET /v1.dev/(a|b)+$", "GET /v1.dev/(a|b)+$", {}],
      ["GET /v1.dev", "GET /v1-dev", undefined],
    ];
  for (const [template, asked, found] of CASES) {
    it(`${found === undefined ? "does not fit" : "fits"}: ${template} on ${asked}`, () => {
      const [method = "", path = ""] = asked.split(" ");
      expect(variables(template, method, path)).to.deep.equal(found);
    });
  }

  it("is the first that fits", () => {
    const routes = ["GET /a", "GET /{any}", "GET /{other}"].map((template) => ({
      template,
      ...patternOf(template),
    }));
    expect(matchOf(routes, "GET", "/a")?.route.template).to.equal("GET /a");
    expect(matchOf(routes, "GET", "/b")?.route.template).to.equal("GET /{any}");
    expect(matchOf(routes, "GET", "/b/c")).to.equal(undefined);
  });

  it("gives back whatever was percent-encoded into its path", () => {
    const malformed = (text: string): Error => new Error(text);
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (text) => {
        const path = `/b/${encodeURIComponent(text)}/o`;
        const found = matchOf([patternOf("GET /b/{name}/o")], "GET", path)?.variables.name;
        expect(decoded(found ?? "", malformed)).to.equal(text);
      }),
    );
  });

  it("lets the API refuse what is no percent-escape", () => {
    expect(() => decoded("%E0%A4%A", (text) => new RangeError(`no: ${text}`))).to.throw(
      RangeError,
      "no: %E0%A4%A",
    );
  });
});
