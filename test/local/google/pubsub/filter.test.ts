import { expect } from "chai";
import fc from "fast-check";
import { ApiError } from "../../../../local/errors.ts";
import { parseFilter } from "../../../../local/google/pubsub/subscriptions/filter.ts";

type Attributes = Readonly<Record<string, string>>;

const MATCHING: readonly [filter: string, matching: Attributes, other: Attributes][] = [
  ["attributes:domain", { domain: "" }, { Domain: "x" }],
  ['attributes.domain = "com"', { domain: "com" }, { domain: "Com" }],
  ['attributes.domain="com"', { domain: "com" }, {}],
  ['attributes.domain != "com"', {}, { domain: "com" }],
  ['hasPrefix(attributes.domain, "co")', { domain: "com" }, { domain: "org" }],
  ['hasPrefix ( attributes . domain , "" )', { domain: "org" }, {}],
  ["NOT attributes:domain", {}, { domain: "x" }],
  ["NOT (attributes:a OR attributes:b)", { c: "" }, { b: "" }],
  ["attributes:a AND attributes:b AND NOT attributes:c", { a: "", b: "" }, { a: "" }],
  ["attributes:a OR attributes:b OR attributes:c", { c: "" }, { d: "" }],
  ["attributes:a AND (attributes:b OR attributes:c)", { a: "", c: "" }, { b: "", c: "" }],
  ['attributes:"iana.org/language_tag"', { "iana.org/language_tag": "en" }, { iana: "en" }],
  ["attributes:iana-org_tag", { "iana-org_tag": "" }, { iana: "" }],
  ['attributes.1 = "\\u0041\\x42\\103\\"\\\\"', { 1: 'ABC"\\' }, { 1: "ABC" }],
  ["attributes:AND", { AND: "" }, { and: "" }],
  ["attributes:constructor", { constructor: "" }, {}],
];

const MALFORMED = [
  " ",
  "domain",
  "attributes",
  "attributes.domain",
  "attributes.domain = com",
  "attributes.domain = 'com'",
  'attributes.domain : "com"',
  'attributes.domain = "com',
  'attributes.domain = "\\q"',
  'attributes.domain = "\\UFFFFFFFF"',
  'hasSuffix(attributes.domain, "m")',
  'hasPrefix(attributes:domain, "co")',
  "attributes:a and attributes:b",
  "attributes:a attributes:b",
  "attributes:a AND attributes:b OR attributes:c",
  "(attributes:a",
  "attributes:a)",
  "NOT",
  "attributes:a AND",
  `attributes:${"a".repeat(250)}`,
  "attributes:é",
];

describe("a subscription's filter", () => {
  for (const [filter, matching, other] of MATCHING) {
    it(`${filter} tells ${JSON.stringify(matching)} from ${JSON.stringify(other)}`, () => {
      const matches = parseFilter(filter);
      expect([matches(matching), matches(other)]).to.deep.equal([true, false]);
    });
  }

  for (const filter of MALFORMED) {
    it(`refuses ${JSON.stringify(filter).slice(0, 60)}`, () => {
      expect(() => parseFilter(filter))
        .to.throw(ApiError)
        .with.property("code", "INVALID_ARGUMENT");
    });
  }

  it("says where a filter is malformed", () => {
    expect(() => parseFilter("attributes:a  and attributes:b")).to.throw(
      "Invalid filter: unexpected and, at character 15.",
    );
  });

  it("takes or refuses any text with INVALID_ARGUMENT, and nothing else is thrown", () => {
    const piece = fc.constantFrom(
      ...["attributes", ":", ".", "=", "!=", "(", ")", ",", "AND", "OR", "NOT", "hasPrefix"],
      ...['"a"', "a", " ", '"\\', "\\u00", '"\\400"', "\u{1F600}", '"\u{1F600}"', "-"],
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(" ")),
    );
    fc.assert(
      fc.property(text, fc.dictionary(fc.string(), fc.string()), (filter, attributes) => {
        try {
          expect(parseFilter(filter)(attributes)).to.be.a("boolean");
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          expect(error.code).to.equal("INVALID_ARGUMENT");
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("means what it is made of", () => {
    interface Built {
      readonly text: string;
      readonly holds: (attributes: Attributes) => boolean;
    }
    const key = fc.constantFrom("a", "b", "c");
    const value = fc.constantFrom("x", "xy", "");
    const { tree } = fc.letrec<{ tree: Built; leaf: Built }>((tie) => ({
      leaf: fc.oneof(
        key.map((k): Built => ({ text: `attributes:${k}`, holds: (a) => k in a })),
        fc
          .tuple(key, value)
          .map(([k, v]): Built => ({ text: `attributes.${k}="${v}"`, holds: (a) => a[k] === v })),
        fc
          .tuple(key, value)
          .map(([k, v]): Built => ({ text: `attributes.${k}!="${v}"`, holds: (a) => a[k] !== v })),
        fc.tuple(key, value).map(([k, v]): Built => ({
          text: `hasPrefix(attributes.${k},"${v}")`,
          holds: (a) => a[k]?.startsWith(v) === true,
        })),
      ),
      tree: fc.oneof(
        { maxDepth: 2 },
        tie("leaf"),
        tie("tree").map((t): Built => ({ text: `NOT (${t.text})`, holds: (a) => !t.holds(a) })),
        fc.tuple(tie("tree"), tie("tree")).map(([l, r]): Built => ({
          text: `(${l.text}) AND (${r.text})`,
          holds: (a) => l.holds(a) && r.holds(a),
        })),
        fc.tuple(tie("tree"), tie("tree")).map(([l, r]): Built => ({
          text: `(${l.text}) OR (${r.text})`,
          holds: (a) => l.holds(a) || r.holds(a),
        })),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.dictionary(key, value), ({ text, holds }, attributes) => {
        fc.pre(text.length <= 256);
        expect(parseFilter(text)(attributes)).to.equal(holds(attributes));
      }),
      { numRuns: 500 },
    );
  });
});
