import { expect } from "chai";
import fc from "fast-check";
import { JsonPicker } from "../../../functions/plan-executor/output/json-picker.ts";
import { PlanReader } from "../../../functions/plan-executor/output/plan-reader.ts";
import { Redactor } from "../../../functions/plan-executor/output/redact.ts";
import { fits } from "../../../functions/plan-executor/output/glob.ts";
import { thrownBy } from "../../support/thrown-by.ts";

describe("JsonPicker", () => {
  const pick = (text: string, size: number): [string, unknown][] => {
    const found: [string, unknown][] = [];
    const take = (value: unknown, name: string): void => void found.push([name, value]);
    const node: Record<string, object> = { leaf: take };
    node.again = { "*": node };
    const picker = new JsonPicker({
      a: take,
      b: { "*": take },
      c: { d: { "*": { e: take } } },
      r: node,
    } as never);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) picker.add(bytes.subarray(at, at + size));
    return found;
  };

  it("takes what is wanted, in any pieces and with any white space", () => {
    const value = {
      x: { a: "not this", b: [1] },
      a: { a: [1, "}", { b: '"\\' }] },
      b: [1, "two", null, { e: [] }],
      c: { d: { m: { e: 5 }, n: { f: 6, e: true } }, e: 7 },
      r: { leaf: "0", again: [{ leaf: "1", again: { z: { leaf: "é" } } }] },
    };
    const expected = [
      ["a", value.a],
      ["*", 1],
      ["*", "two"],
      ["*", null],
      ["*", { e: [] }],
      ["e", 5],
      ["e", true],
      ["leaf", "0"],
      ["leaf", "1"],
      ["leaf", "é"],
    ];
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
      for (const size of [1, 2, 3, 7, 1_000]) expect(pick(text, size)).to.deep.equal(expected);
    }
  });

  it("finds in any text what JSON.parse finds", () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), fc.integer({ min: 1, max: 9 }), (first, second, size) => {
        const found = pick(`{"x": ${second}, "a": ${first}, "y": ${second}}`, size);
        expect(found).to.deep.equal([["a", JSON.parse(first)]]);
      }),
    );
  });
});

const change = (address: string, actions: string[], more: object = {}) => ({
  address,
  mode: "managed",
  change: { actions, before: null, after: null },
  ...more,
});

function read(
  plan: object,
  settings: { max_destroys?: number; max_failed_checks?: number; protected?: string[] } = {},
) {
  const sensitive: string[] = [];
  const rules = { protected: [], ...settings };
  const names: string[] = [];
  const reader = new PlanReader(rules, {
    addSensitive: (value) => void sensitive.push(value),
    addName: (name) => void names.push(name),
  });
  const bytes = Buffer.from(JSON.stringify({ format_version: "1.2", ...plan }));
  for (let at = 0; at < bytes.length; at += 10) reader.add(bytes.subarray(at, at + 10));
  return { summary: reader.finish(), sensitive, names };
}

const NOTHING = {
  add: 0,
  change: 0,
  destroy: 0,
  replace: 0,
  import: 0,
  forget: 0,
  move: 0,
  drift: 0,
  outputs: 0,
  destroys: [],
  violations: [],
  failed_checks: 0,
  failures: [],
};

describe("PlanReader", () => {
  it("counts as the text of a plan does", () => {
    const { summary } = read({
      resource_changes: [
        change("a", ["no-op"]),
        change("b", ["create"]),
        change("c", ["update"]),
        change("d", ["delete"]),
        change("e", ["delete", "create"]),
        change("f", ["create", "delete"]),
        change("g", ["forget"]),
        change("h", ["read"], { mode: "data" }),
        change("i", ["no-op"], { previous_address: "old" }),
        change("j", ["update"], { change: { actions: ["update"], importing: { id: "x" } } }),
      ],
      resource_drift: [change("c", ["update"]), change("i", ["no-op"])],
      output_changes: { o: { actions: ["create"] }, p: { actions: ["no-op"] } },
    });
    expect(summary).to.deep.equal({
      ...NOTHING,
      add: 3,
      change: 2,
      destroy: 3,
      replace: 2,
      import: 1,
      forget: 1,
      move: 1,
      drift: 1,
      outputs: 1,
      destroys: [
        { address: "d", action: "delete" },
        { address: "e", action: "replace" },
        { address: "f", action: "replace" },
      ],
    });
  });

  it("says what the repository's rules forbid", () => {
    const resource_changes = [
      change("google_sql_database_instance.main", ["delete"]),
      change('x.y["a"]', ["delete", "create"]),
      change("x.z", ["update"]),
    ];
    const rules = { max_destroys: 1, protected: ["google_sql_*", "x.*"] };
    expect(read({ resource_changes }, rules).summary.violations).to.deep.equal([
      "2 resources would be destroyed or replaced; max_destroys allows 1.",
      "google_sql_database_instance.main would be destroyed, and is protected (google_sql_*).",
      'x.y["a"] would be replaced, and is protected (x.*).',
    ]);
    expect(read({ resource_changes }, { max_destroys: 2 }).summary.violations).to.deep.equal([]);
  });

  const check = (name: string, status: string, instances?: object[]): object => ({
    address: { kind: "check", name, to_display: `check.${name}` },
    status,
    ...(instances !== undefined && { instances }),
  });
  const instance = (address: string, status: string, ...messages: string[]): object => ({
    address: { to_display: address },
    status,
    ...(messages.length > 0 && { problems: messages.map((message) => ({ message })) }),
  });

  it("tells the checks that failed, by each instance of their module", () => {
    const checks = [
      check("ok", "pass", [instance("check.ok", "pass")]),
      check("later", "unknown", [instance("check.later", "unknown")]),
      check("m", "fail", [
        instance('module.m["a"].check.m', "fail", "It is a.", "And b."),
        instance('module.m["b"].check.m', "pass"),
        instance('module.m["c"].check.m', "error"),
      ]),
      check("none", "error"),
      check("many", "fail", [instance("check.many", "fail", "1", "2", "3", "4", "5", "6", "7")]),
    ];
    expect(read({ checks }).summary).to.deep.equal({
      ...NOTHING,
      failed_checks: 4,
      failures: [
        { address: 'module.m["a"].check.m', problems: ["It is a.", "And b."] },
        { address: 'module.m["c"].check.m', problems: [] },
        { address: "check.none", problems: [] },
        { address: "check.many", problems: ["1", "2", "3", "4", "5", "… and 2 more"] },
      ],
    });
  });

  for (const [pattern, address, module, isMeant] of [
    ["a.main", "a.main", undefined, true],
    ["a.main", "a.main2", undefined, false],
    ["a.main", 'a.main["x"]', undefined, true],
    ["a.main", "a.main[0]", undefined, true],
    ["a.main[0]", "a.main[1]", undefined, false],
    ["a", "a.main", undefined, true],
    ["a", "ab.main", undefined, false],
    ["a.*", "module.m.a.main", "module.m", true],
    ["a.main", 'module.m["x.y"].a.main[0]', 'module.m["x.y"]', true],
    ["a", "module.m.module.n.a.main", "module.m.module.n", true],
    ["module.m", "module.m.a.main", "module.m", true],
    ["module.m", 'module.m["x"].a.main', 'module.m["x"]', true],
    ["module.m", "module.mm.a.main", "module.mm", false],
    ["module.m.a.main", "module.m.a.main", "module.m", true],
    ["m.a", "module.m.a.main", "module.m", false],
    ["main", "a.main", undefined, false],
  ] as const) {
    it(`${pattern} ${isMeant ? "protects" : "does not protect"} ${address}`, () => {
      const resource = { module_address: module };
      const resource_changes = [change(address, ["delete"], resource)];
      const { violations } = read({ resource_changes }, { protected: [pattern] }).summary;
      expect(violations).to.deep.equal(
        isMeant ? [`${address} would be destroyed, and is protected (${pattern}).`] : [],
      );
    });
  }

  it("has failed checks against the rules only where the repository says so", () => {
    const checks = [check("a", "fail"), check("b", "error")];
    const violations = (max_failed_checks?: number): string[] =>
      read({ checks }, max_failed_checks === undefined ? {} : { max_failed_checks }).summary
        .violations;
    expect(violations()).to.deep.equal([]);
    expect(violations(2)).to.deep.equal([]);
    expect(violations(1)).to.deep.equal(["2 checks failed; max_failed_checks allows 1."]);
    const one = read({ checks: [check("a", "fail")] }, { max_failed_checks: 0 });
    expect(one.summary.violations).to.deep.equal(["1 check failed; max_failed_checks allows 0."]);
  });

  it("lists the first of many checks that failed, and counts all", () => {
    const checks = Array.from({ length: 80 }, (_, at) => check(String(at), "fail"));
    const { summary } = read({ checks });
    expect(summary.failed_checks).to.equal(80);
    expect(summary.failures).to.have.length(50);
  });

  it("lists the first of many that are destroyed, and counts all", () => {
    const resource_changes = Array.from({ length: 500 }, (_, at) => change(`a.${at}`, ["delete"]));
    const { summary } = read({ resource_changes });
    expect(summary.destroy).to.equal(500);
    expect(summary.destroys).to.have.length(200);
  });

  it("finds sensitive values wherever a plan holds them", () => {
    const { sensitive } = read({
      variables: { s: { value: { deep: ["variable"] } }, t: { value: "open" } },
      resource_changes: [
        change("a", ["update"], {
          change: {
            actions: ["update"],
            before: { p: "before", q: "open" },
            after: { p: "after", q: "open", list: ["open", { r: "inner" }], n: 123456, m: 12 },
            before_sensitive: { p: true },
            after_sensitive: { p: true, list: [false, { r: true }], n: true, m: true },
          },
        }),
      ],
      resource_drift: [
        change("b", ["update"], {
          change: { actions: ["update"], before: "drifted", before_sensitive: true },
        }),
      ],
      output_changes: { o: { actions: ["create"], after: "output", after_sensitive: true } },
      prior_state: {
        values: {
          outputs: {
            o: { value: "old output", sensitive: true },
            p: { value: "open", sensitive: false },
          },
          root_module: {
            resources: [{ values: { a: "state", b: "open" }, sensitive_values: { a: true } }],
            child_modules: [
              {
                child_modules: [
                  { resources: [{ values: { a: "deep state" }, sensitive_values: { a: true } }] },
                ],
              },
            ],
          },
        },
      },
      configuration: { root_module: { variables: { s: { sensitive: true }, t: {} } } },
    });
    expect(new Set(sensitive)).to.deep.equal(
      new Set([
        "variable",
        "before",
        "after",
        "inner",
        "123456",
        "drifted",
        "output",
        "old output",
        "state",
        "deep state",
      ]),
    );
  });

  it("finds the names of what it holds", () => {
    const { names } = read({
      resource_changes: [change("module.m.a.b", ["create"], { previous_address: "a.b" })],
      resource_drift: [change("c.d", ["update"])],
      output_changes: { o: { actions: ["no-op"] } },
    });
    expect(names).to.deep.equal(["module.m.a.b", "a.b", "c.d", "o"]);
  });

  for (const [what, text] of [
    ["no plan", "{}"],
    ["a plan of a later form", '{"format_version":"2.0"}'],
    [
      "a plan whose changes have another form",
      '{"format_version":"1.2","resource_changes":[{"a":1}]}',
    ],
    ["broken JSON", '{"format_version":"1.2","resource_changes":[{"address":}]}'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const reader = new PlanReader({ protected: [] }, new Redactor());
      reader.add(Buffer.from(text));
      expect(await thrownBy(() => reader.finish())).to.be.instanceOf(Error);
    });
  }
});

describe("fits", () => {
  for (const [pattern, text, expected] of [
    ["a.b", "a.b", true],
    ["a.b", "axb", false],
    ["a.*", "a.b.c", true],
    ["*.b", "a.b", true],
    ["a*a", "a", false],
    ["a*b*c", "a-b-b-c", true],
    ["*", "", true],
    [`${"a*".repeat(50)}b`, "a".repeat(10_000), false],
  ] as const) {
    it(`${expected ? "finds" : "does not find"} ${pattern.slice(0, 20)} in ${text.slice(0, 20)}`, () => {
      expect(fits(pattern, text)).to.equal(expected);
    });
  }
});
