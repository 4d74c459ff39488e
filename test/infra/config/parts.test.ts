import { expect } from "chai";
import { keysOf, parseConfig } from "../../../infra/config/config.ts";
import { ConfigError } from "../../../infra/config/errors.ts";
import { plainKeys, type Keys } from "../../../infra/config/key.ts";
import type { ConfigPart, TakenName } from "../../../infra/config/part.ts";

const WORDS = { description: "x", example: "x", isText: true } as const;
const { region } = Object.fromEntries(plainKeys(keysOf({})));

const VALUES = {
  project: "some-project",
  projectNumber: "123456789012",
  region: "us-central1",
  developer: "you@example.com",
  operators: [],
  protectData: false,
};

function system(part: Partial<ConfigPart>): { readonly config: ConfigPart } {
  return { config: { keys: {}, ...part } };
}

function making(...functions: readonly TakenName[]): { readonly config: ConfigPart } {
  return system({ functions: () => functions });
}

function problemsOf(systems: Parameters<typeof parseConfig>[1], run: readonly string[]) {
  try {
    parseConfig({ ...VALUES, systems: run }, systems);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("the parts of a stack's config", () => {
  it("are the platform's and those of the systems that are given", () => {
    expect(() => parseConfig({ ...VALUES, systems: ["enqueuer"] }, { tiny: system({}) })).to.throw(
      ConfigError,
      'systems[0] is "enqueuer"; it must be one of: tiny.',
    );
    const { systems } = parseConfig({ ...VALUES, systems: ["tiny"] }, { tiny: system({}) });
    expect(systems).to.deep.equal(["tiny"]);
  });

  it("say which word was meant", () => {
    const [problem] = problemsOf({ tiny: system({}), large: system({}) }, ["larg"]);
    expect(problem).to.include("Fix: - large");
  });

  it("have no key in common", () => {
    const keys: Keys = { size: { ...WORDS, default: "", schema: region?.schema ?? expect.fail() } };
    const systems = { one: system({ keys }), other: system({ keys }) };
    expect(() => keysOf(systems)).to.throw("The config key size belongs to two parts.");
  });

  it("are told whether the stack runs their system", () => {
    const told: Record<string, boolean> = {};
    const noting = (name: string) =>
      system({
        check: (_, isOn) => {
          told[name] = isOn;
          return [];
        },
      });
    problemsOf({ one: noting("one"), other: noting("other") }, ["other"]);
    expect(told).to.deep.equal({ one: false, other: true });
  });

  it("derive values from the platform's and their own", () => {
    const derive = (values: { readonly project: string }) => ({ greeting: `to ${values.project}` });
    const config = parseConfig({ ...VALUES, systems: [] }, { tiny: system({ derive }) });
    expect(config).to.deep.include({ greeting: "to some-project" });
  });
});

describe("the names of functions", () => {
  it("belong to one system, and to whom they are fixed for", () => {
    const one = making({ name: "hello", path: "oneName" });
    const other = making({ name: "hello" });
    expect(problemsOf({ one, other }, ["one", "other"])).to.deep.equal([
      'Pulumi.STACK.yaml: switchyard:oneName is "hello"; it must not be the name of one of other\'s functions.\nFix: switchyard:oneName: hello-2\nor:  npm run pulumi -- config set -s STACK oneName hello-2',
    ]);
  });

  it("belong to the earlier system where both are in the config", () => {
    const [one, other] = ["oneName", "otherName"].map((path) => making({ name: "hello", path }));
    const [problem, ...more] = problemsOf({ one, other } as never, ["one", "other"]);
    expect(problem).to.include("switchyard:otherName is");
    expect(more).to.deep.equal([]);
  });

  it("that are fixed for two systems keep these apart", () => {
    const systems = { one: making({ name: "hello" }), other: making({ name: "hello" }) };
    expect(problemsOf(systems, ["one", "other"])).to.deep.equal([
      "Pulumi.STACK.yaml: switchyard:systems[1] is \"other\"; it must not be on together with one: both have a function named hello.\nFix: remove it\nor:  npm run pulumi -- config rm -s STACK --path 'systems[1]'",
    ]);
  });

  it("are free where the other system is off, and within one system its own affair", () => {
    const systems = {
      one: making({ name: "hello", path: "a" }, { name: "hello", path: "b" }),
      other: making({ name: "hello" }),
    };
    expect(problemsOf(systems, ["one"])).to.deep.equal([]);
  });
});
