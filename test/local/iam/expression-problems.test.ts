import { expect } from "chai";
import fc from "fast-check";
import { compile } from "../../../local/iam/expression.ts";
import { expressionProblems, readsResource } from "../../../local/iam/expression-problems.ts";

const NOW = { at: Date.UTC(2026, 10, 28) };

describe("expressionProblems", () => {
  const tags = "cannot be evaluated locally: no resource has tags on one machine";
  const proxy =
    "cannot be evaluated locally: only the Identity-Aware Proxy knows it, which nothing here stands behind";
  const refused: readonly (readonly [string, string])[] = [
    ["", "Unexpected token: EOF"],
    ["resource.name.", "Expected IDENTIFIER, got EOF"],
    [`resource.name`, "it is a string, and has to be true or false"],
    [`resource.size == 1`, "No such key: size"],
    [`origin.ip == "10.0.0.1"`, "Unknown variable: origin"],
    [`resource.matchTag("123/env", "prod")`, `matchTag ${tags}`],
    [`resource.matchTagId("tagKeys/1", "tagValues/2")`, `matchTagId ${tags}`],
    [`resource.hasTagKey("123/env")`, `hasTagKey ${tags}`],
    [`resource.hasTagKeyId("tagKeys/1")`, `hasTagKeyId ${tags}`],
    [
      `"accessPolicies/1/accessLevels/on" in request.auth.access_levels`,
      "auth cannot be evaluated locally: there are no access levels on one machine",
    ],
    [
      `destination.port == 22`,
      "destination cannot be evaluated locally: only tunnels of the Identity-Aware Proxy know it, which nothing here stands behind",
    ],
    [`request.path.startsWith("/admin")`, `path ${proxy}`],
    [`request.host == "a.test"`, `host ${proxy}`],
    [
      `principal.type == "iam.googleapis.com/ServiceAccount"`,
      "principal cannot be evaluated locally: only principal access boundaries know it, and none can be declared here",
    ],
    [`resource.name.contains("a")`, "conditions have no function contains"],
    [`resource.name.matches("a.*")`, "conditions have no function matches"],
    [`size(resource.name) == 1`, "conditions have no function size"],
    [`true ? true : false`, "conditions have no ?:"],
    [`["a"][0] == "a"`, "conditions have no []"],
    [`resource.name.extract("none") == ""`, "none is no template with one {placeholder}"],
    [`resource.name.extract("{a}/{b}") == ""`, "{a}/{b} is no template with one {placeholder}"],
    [
      `!(request.time + duration("1000000000000h") > request.time)`,
      "1000000000000h: more than 10,000 years",
    ],
    [`request.time + duration("-87660001h") < request.time`, "-87660001h: more than 10,000 years"],
    [`request.time < timestamp("soon")`, "soon: timestamp() requires a string in ISO 8601 format"],
    [
      `request.time.getHours("Europe/Atlantis") == 1`,
      "Europe/Atlantis: Invalid time zone specified: Europe/Atlantis",
    ],
    [`request.time < duration("1h")`, ""],
    [`api.getAttribute("a.test/b", "") == "x"`, "no API here has an attribute a.test/b"],
    [
      `api.getAttribute(resource.name, "") == "x"`,
      "getAttribute needs the attribute's name written out",
    ],
    [
      `api.getAttribute("storage.googleapis.com/objectListPrefix", "") == "x"`,
      "storage.googleapis.com/objectListPrefix is documented for the condition of a boundary only",
    ],
    ["true && ".repeat(13) + "true", "it has 13 logical operators, and 12 are the most"],
    [`"${"x".repeat(2048)}" == ""`, "it has 2056 characters, and 2048 are the most"],
  ];
  for (const [expression, problem] of refused) {
    it(`says of ${expression.slice(0, 60)} what is wrong`, () => {
      const problems = expressionProblems(expression, "binding");
      expect(problems).to.have.length(1);
      if (problem !== "") expect(problems).to.deep.equal([problem]);
    });
  }

  it("counts every logical operator up to the twelfth", () => {
    const twelve = `${"!true || ".repeat(6)}true`;
    expect(expressionProblems(twelve, "binding")).to.deep.equal([]);
    expect(expressionProblems(`!(${twelve})`, "binding")).to.have.length(1);
  });

  it("takes what is not documented for boundaries from bindings only", () => {
    const grants = `api.getAttribute("iam.googleapis.com/modifiedGrantsByRole", []).hasOnly(["roles/viewer"])`;
    expect(expressionProblems(grants, "binding")).to.deep.equal([]);
    expect(expressionProblems(grants, "boundary")).to.deep.equal([
      "iam.googleapis.com/modifiedGrantsByRole is documented for the condition of a binding only",
    ]);
  });

  it("tells whether a resource is read", () => {
    expect(readsResource(`request.time.getHours() > 1 && !(resource.type == "a")`)).to.equal(true);
    expect(readsResource(`request.time.getHours() > 1`)).to.equal(false);
    expect(readsResource(`(`)).to.equal(false);
  });

  it("says of any text that it is wrong, or lets it be evaluated without a throw", () => {
    const words = [
      `resource.name`,
      `resource.type`,
      `request.time`,
      `timestamp("2026-01-01T00:00:00Z")`,
      `"a"`,
      `1`,
      `true`,
      `==`,
      `!=`,
      `<`,
      `&&`,
      `||`,
      `!`,
      `(`,
      `)`,
      `.startsWith("a")`,
      `.extract("a{b}")`,
      `.getHours("Europe/Berlin")`,
      `["a"]`,
      `in`,
    ];
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...words), { maxLength: 9 }).map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        if (expressionProblems(text, "binding").length > 0) return;
        expect(compile(text)(NOW)).to.have.property("met");
      }),
    );
  });
});

describe("compile", () => {
  it("takes what cannot be evaluated for not met, and says why", () => {
    expect(compile(`resource.name == "a"`)(NOW)).to.deep.equal({
      met: false,
      why: "No such key: name",
    });
    expect(compile(`resource.name == "a"`)({ ...NOW, attributes: { type: "t", service: "s" } }))
      .to.have.property("why")
      .that.equals("No such key: name");
  });

  it("takes a side that decides by itself for all, as the language does", () => {
    const isMet = (text: string) => compile(text)(NOW).met;
    expect(isMet(`resource.name == "a" || true`)).to.equal(true);
    expect(isMet(`!(resource.name == "a" && false)`)).to.equal(true);
    expect(isMet(`!(resource.name == "a")`)).to.equal(false);
  });

  it("reads attributes that an API has of its own only", () => {
    const isMet = compile(`api.getAttribute("constructor", "none") == "none"`);
    expect(isMet(NOW).met).to.equal(true);
  });
});
