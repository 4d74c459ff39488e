import { expect } from "chai";
import fc from "fast-check";
import { Dice } from "../../../../local/outside/gemini/dice.ts";
import { textFitting } from "../../../../local/outside/gemini/schema/pattern.ts";
import { valueFor } from "../../../../local/outside/gemini/schema/value.ts";
import { HostileVoice, PlainVoice } from "../../../../local/outside/gemini/schema/voice.ts";
import { misfits } from "./fits.ts";

type Fields = Readonly<Record<string, unknown>>;

const range = (most: number) =>
  fc.tuple(fc.nat(most), fc.nat(most)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const leaf: fc.Arbitrary<Fields> = fc.oneof(
  range(60).map(([minLength, maxLength]) => ({ type: "string", minLength, maxLength })),
  fc.constantFrom("^[a-z]{3}-\\d{2,4}$", "^(up|down)?\\.$", "[A-Z]+").map((pattern) => ({
    type: "string",
    pattern,
  })),
  fc.uniqueArray(fc.string(), { minLength: 1 }).map((values) => ({ type: "string", enum: values })),
  range(1000).map(([minimum, maximum]) => ({ type: "integer", minimum, maximum })),
  range(1000).map(([minimum, maximum]) => ({ type: "number", minimum: minimum / 7, maximum })),
  fc.constant({ type: "boolean" }),
);

const { schema } = fc.letrec<{ schema: Fields }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ items: tie("schema"), range: range(5) }).map(({ items, range: [low, high] }) => ({
      type: "array",
      items,
      minItems: low,
      maxItems: high,
    })),
    fc
      .record({
        properties: fc.dictionary(fc.string({ minLength: 1 }), tie("schema"), { maxKeys: 4 }),
        additionalProperties: fc.boolean(),
      })
      .map((each) => ({ ...each, type: "object", required: Object.keys(each.properties) })),
  ),
}));

const plain = (seed = "seed", prompt = "") => new PlainVoice(new Dice(seed), prompt);

describe("a value for a schema", () => {
  it("fits, whoever speaks", () => {
    fc.assert(
      fc.property(schema, fc.string(), (each, seed) => {
        expect(misfits(valueFor(each, plain(seed)), each)).to.deep.equal([]);
        const hostile = new HostileVoice(new Dice(seed), 10_000);
        expect(misfits(valueFor(each, hostile), each)).to.deep.equal([]);
      }),
      { numRuns: 500 },
    );
  });

  it("is the same for the same seed, and another for another", () => {
    const each = { type: "array", minItems: 20, items: { type: "string" } };
    expect(valueFor(each, plain())).to.deep.equal(valueFor(each, plain()));
    expect(valueFor(each, plain())).not.to.deep.equal(valueFor(each, plain("other")));
  });

  it("knows OpenAPI's types in capitals, nullable, and the order of properties", () => {
    const value = valueFor(
      {
        type: "OBJECT",
        properties: {
          b: { type: "INTEGER", minimum: "3", maximum: "3" },
          a: { type: "BOOLEAN", nullable: true, enum: [true] },
          c: {
            type: "ARRAY",
            maxItems: "1",
            minItems: "1",
            items: { type: "STRING", enum: ["x"] },
          },
        },
        propertyOrdering: ["c", "a"],
      },
      plain(),
    );
    expect(JSON.stringify(value)).to.equal('{"c":["x"],"a":true,"b":3}');
  });

  it("follows references, takes an option of anyOf, and rather no null", () => {
    const root = {
      $defs: { colour: { enum: ["red"] }, maybe: { anyOf: [{ type: "null" }, { const: 7 }] } },
      type: "object",
      properties: {
        colour: { $ref: "#/$defs/colour" },
        maybe: { $ref: "#/$defs/maybe" },
        either: { oneOf: [{ const: "one" }, { const: "one" }] },
        text: { type: ["null", "string"], const: "text" },
      },
    };
    expect(valueFor(root, plain())).to.deep.equal({
      colour: "red",
      maybe: 7,
      either: "one",
      text: "text",
    });
  });

  it("ends where a schema refers to itself in what is optional, and refuses it in what is required", () => {
    const tree = { type: "object", properties: { child: { $ref: "#" } } };
    expect(JSON.stringify(valueFor(tree, plain()))).to.match(/^(\{"child":)+\{\}+$/);
    const endless = { ...tree, required: ["child"] };
    expect(() => valueFor(endless, plain())).to.throw("maximum allowed nesting depth");
  });

  it("has different values of an enum in neighbours, and no two alike where they are to be unique", () => {
    const items = { enum: ["a", "b", "c"] };
    const list = valueFor({ type: "array", minItems: 3, maxItems: 3, items }, plain("x"));
    expect(new Set((list as string[]).slice(1))).to.have.property("size", 2);
    const unique = { type: "array", maxItems: 2, uniqueItems: true, items: { enum: ["a"] } };
    expect(valueFor(unique, plain())).to.deep.equal(["a"]);
  });

  it("gives ids, names, formats and addresses as they look", () => {
    const text = (name: string, more: object = {}) => {
      const properties = { [name]: { type: "string", ...more } };
      const prompt = "See https://a.example/b for more.";
      return (valueFor({ type: "object", properties }, plain("s", prompt)) as Fields)[name];
    };
    expect(text("driver_id")).to.match(/^[a-z]+-1$/);
    expect(text("title")).to.match(/^[A-Z][a-z]+ and [a-z]+ 1$/);
    expect(text("x", { format: "date" })).to.match(/^2026-\d\d-\d\d$/);
    expect(text("x", { format: "date-time" })).to.match(/^2026-\d\d-\d\dT09:00:00Z$/);
    expect(text("x", { format: "uuid" })).to.match(/^[0-9a-f-]{36}$/);
    expect(text("x", { format: "uri" })).to.equal("https://a.example/b");
    expect(text("x", { format: "email" })).to.match(/^person\d+@example\.com$/);
  });

  it("speaks of what was asked", () => {
    const value = valueFor(
      { type: "array", minItems: 50, items: { type: "string" } },
      plain("s", "What of Lithium in Chile?"),
    );
    expect(JSON.stringify(value).toLowerCase()).to.contain("lithium").and.to.contain("chile");
  });

  it("fills a map", () => {
    const map = { type: "object", additionalProperties: { const: 1 }, minProperties: 3 };
    expect(valueFor(map, plain())).to.deep.equal({ item_1: 1, item_2: 1, item_3: 1 });
  });

  it("refuses what is too much, and does not make it first", () => {
    const many = { type: "array", minItems: 1e12, items: { type: "string" } };
    expect(() => valueFor(many, plain())).to.throw("too many states");
    const items = { type: "array", minItems: 10_000, items: { type: "boolean" } };
    expect(() => valueFor({ ...many, minItems: 10_000, items }, plain())).to.throw(
      "too many states",
    );
    expect(() => valueFor({ type: "string", minLength: 1e9 }, plain())).to.throw("too many states");
  });

  it("refuses types and references that there are not", () => {
    expect(() => valueFor({ type: "text" }, plain())).to.throw('"text"');
    expect(() => valueFor({ $ref: "#/$defs/a" }, plain())).to.throw("leads nowhere");
    expect(() => valueFor({ $ref: "https://a.example/" }, plain())).to.throw("not supported");
    expect(() => valueFor({ $ref: "#" }, plain())).to.throw("leads to itself");
  });
});

describe("a text for a pattern", () => {
  const SIMPLE = [
    "^[A-Z]{2}\\d{3}$",
    "^S[1-4]$",
    "^(low|medium|high)$",
    "^[a-z0-9]+(-[a-z0-9]+)*$",
    "^https://[a-z]+\\.example\\.(com|org)/?$",
    "^\\d{4}-\\d{2}-\\d{2}$",
    "^[^<>]{5,10}$",
    "^(?:a|b){2}c?$",
    "x",
    "^\\w+\\s\\w+$",
    "",
  ];

  it("fits", () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIMPLE), fc.string(), (pattern, seed) => {
        expect(textFitting(pattern, new Dice(seed))).to.match(new RegExp(pattern));
      }),
    );
  });

  it("is none where the pattern is not simple", () => {
    const hard = [
      "(?=a)b",
      "\\bword",
      "(a)\\1",
      "a$b",
      "[z-a]",
      "(",
      "a{9999}",
      "\\p{L}",
      "[",
      "a**",
    ];
    for (const pattern of hard) expect(textFitting(pattern, new Dice(""))).to.equal(undefined);
  });

  it("ends for any pattern, with a text that is not long", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[[\](){}^$|?*+.\\a-c0-9,-]{0,40}$/), (pattern) => {
        expect(textFitting(pattern, new Dice(pattern))?.length ?? 0).to.be.at.most(20_000);
      }),
      { numRuns: 5000 },
    );
    expect(textFitting("((((a{1000}){1000}){1000}){1000})", new Dice(""))).to.equal(undefined);
  });
});
