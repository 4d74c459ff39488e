import { expect } from "chai";
import fc from "fast-check";
import {
  canonicalJson,
  jsonLines,
  prettyJson,
  spacedJson,
  timestamp,
} from "../../../functions/scenarios/json.ts";

describe("canonicalJson", () => {
  const floats = new Set(["t"]);
  // As `json.dumps(value, sort_keys=True, separators=(",", ":"))` of Python writes them.
  const cases: [value: unknown, text: string][] = [
    [{ b: 1, a: [true, null, "x"] }, '{"a":[true,null,"x"],"b":1}'],
    ['é日\u{1f600}\u007f\n"\\', String.raw`"\u00e9\u65e5\ud83d\ude00\u007f\n\"\\"`],
    [{ t: 1 }, '{"t":1.0}'],
    [{ t: 0.2 }, '{"t":0.2}'],
    [{ t: 0.0001 }, '{"t":0.0001}'],
    [{ t: 0.00001 }, '{"t":1e-05}'],
    [{ t: 0.000012 }, '{"t":1.2e-05}'],
    [{ t: 1e16 }, '{"t":1e+16}'],
    [{ t: 123456789 }, '{"t":123456789.0}'],
    [{ t: null, u: 1 }, '{"t":null,"u":1}'],
    [{ a: undefined }, "{}"],
  ];
  for (const [value, text] of cases) {
    it(`writes ${text}`, () => {
      expect(canonicalJson(value, floats)).to.equal(text);
    });
  }

  it("is JSON of the same value, in ASCII, for any value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        // eslint-disable-next-line no-control-regex -- ASCII has them
        expect(text).to.match(/^[\x00-\x7f]*$/);
        expect(JSON.parse(text)).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("prettyJson and spacedJson", () => {
  it("sort keys, at every depth", () => {
    const value = { b: [{ d: 1, c: "é" }], a: {} };
    expect(prettyJson(value)).to.equal(
      '{\n  "a": {},\n  "b": [\n    {\n      "c": "é",\n      "d": 1\n    }\n  ]\n}',
    );
    expect(spacedJson(value)).to.equal('{"a": {}, "b": [{"c": "é", "d": 1}]}');
  });
});

describe("jsonLines", () => {
  it("leaves out what is no object", () => {
    expect(jsonLines('{"a": 1}\n\nnonsense\n[1]\n{"b": 2}\n')).to.deep.equal([{ a: 1 }, { b: 2 }]);
  });
});

describe("timestamp", () => {
  it("is in UTC with microseconds, as Python writes it", () => {
    expect(timestamp(Date.UTC(2026, 10, 21, 2, 17, 12, 575))).to.equal(
      "2026-11-21T02:17:12.575000+00:00",
    );
  });
});
