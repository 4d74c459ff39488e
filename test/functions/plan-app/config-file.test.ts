import { expect } from "chai";
import fc from "fast-check";
import { globOf, parseConfig } from "../../../functions/plan-app/adapters/config-file.ts";
import { ConfigProblem } from "../../../functions/plan-app/config.ts";

const DEFAULTS = {
  drafts: false,
  forks: { label: "run-plan" },
  allow: { data_sources: [], provisioners: false, providers: [], places: [] },
  protected: [],
};

function problemOf(text: string): ConfigProblem | undefined {
  try {
    parseConfig(text);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigProblem) return error;
    throw error;
  }
}

describe("parseConfig", () => {
  for (const text of ["", "\n", "# nothing yet\n", "---\n", "{}"]) {
    it(`has defaults for ${JSON.stringify(text)}`, () => {
      expect(parseConfig(text)).to.deep.equal(DEFAULTS);
    });
  }

  it("reads everything that there is", () => {
    const text = `
directories:
  - dir: ./envs/prod/
    workspaces: [blue, green]
    var_files: [prod.tfvars, ../common.tfvars]
    when_modified: ["modules/**"]
  - dir: .
drafts: true
forks: { label: ok-to-plan }
allow: { data_sources: [external, http], provisioners: true, providers: ["grafana/grafana"], places: ["gcs:acme-*"] }
max_destroys: 5
max_failed_checks: 0
protected: ["google_sql_database_instance.*"]
`;
    expect(parseConfig(text)).to.deep.equal({
      directories: [
        {
          dir: "envs/prod",
          workspaces: ["blue", "green"],
          var_files: ["prod.tfvars", "../common.tfvars"],
          when_modified: ["modules/**"],
        },
        { dir: ".", workspaces: ["default"], var_files: [], when_modified: [] },
      ],
      drafts: true,
      forks: { label: "ok-to-plan" },
      allow: {
        data_sources: ["external", "http"],
        provisioners: true,
        providers: ["grafana/grafana"],
        places: ["gcs:acme-*"],
      },
      max_destroys: 5,
      max_failed_checks: 0,
      protected: ["google_sql_database_instance.*"],
    });
  });

  it("lets forks be forbidden", () => {
    expect(parseConfig("forks: false").forks).to.equal(false);
  });

  const wrong: [text: string, line: number | undefined, message: string][] = [
    ["drafts: maybe", 1, "`drafts` must be true or false."],
    ["\ndrafts:", 2, "`drafts` must be true or false."],
    [
      "draft: true",
      1,
      "`draft` is not known; known here are directories, drafts, forks, allow, max_destroys, max_failed_checks, protected.",
    ],
    ["drafs:\n  - x", 1, "`drafs` is not known; "],
    ["drafts: true\ndrafs:", 2, "`drafs` is not known; "],
    ["drafts: true\n1:\n  - x", 2, "`1` is not known; "],
    ["drafts:\n\nmax_destroys: 1", 1, "`drafts` must be true or false."],
    ["drafts:\n  - x", 2, "`drafts` must be true or false."],
    ["protected:\n  - a.*\n  - 5", 3, "`protected.1` must be a text."],
    ["forks: true", 1, "`forks` must be false, or `{label: NAME}`."],
    ["forks:\n  labl: x", 2, "`forks` must be false, or `{label: NAME}`."],
    [
      "allow:\n  provisioner: true",
      2,
      "`allow.provisioner` is not known; known here are data_sources, provisioners, providers, places.",
    ],
    ["allow:\n  providers: grafana/grafana", 2, "`allow.providers` must be a list."],
    ["directories: envs", 1, "`directories` must be a list."],
    ["directories:\n  - envs/prod", 2, "`directories.0` must be a mapping of keys."],
    ["directories:\n  - dir: a\n  - workspaces: [x]", 3, "`directories.1.dir` is required."],
    ["directories:\n  - dir: ../x", 2, "`directories.0.dir` must be a path inside the repository."],
    [
      "directories:\n  - dir: a\n  - dir: ./a/",
      2,
      "`directories` must not list a directory twice.",
    ],
    [
      "directories:\n  - dir: a\n    workspace: b",
      3,
      "`directories.0.workspace` is not known; known here are dir, workspaces, var_files, when_modified.",
    ],
    [
      "directories:\n  - dir: a\n    workspaces: [b, b]",
      3,
      "`directories.0.workspaces` must not name one twice.",
    ],
    [
      "directories:\n  - dir: a\n    workspaces: []",
      3,
      "`directories.0.workspaces` must name a workspace.",
    ],
    [
      "directories:\n  - dir: a\n    when_modified:\n      - ok/*\n      - /x",
      5,
      "`directories.0.when_modified.1` must be relative to the repository's root and must not begin with !.",
    ],
    [
      "directories:\n  - dir: a\n    drafs:\n      - x\n      - y",
      3,
      "`directories.0.drafs` is not known; ",
    ],
    ["allow:\n  provider:\n    - x", 2, "`allow.provider` is not known; "],
    [
      "directories:\n  - dir: a\n    var_files: [/x]",
      3,
      "`directories.0.var_files.0` must be a relative path.",
    ],
    ["max_destroys: 1.5", 1, "`max_destroys` "],
    ["max_destroys: many", 1, "`max_destroys` must be a number."],
    ["- drafts", 1, "The file must be a mapping of keys."],
    ["yes", 1, "The file must be a mapping of keys."],
    ["drafts: false\ndrafts: true", 2, "It is not YAML: Map keys must be unique."],
    ["drafts: [", 1, "It is not YAML: "],
    ["\tdrafts: x", 1, "It is not YAML: "],
    ["a: 1\n---\nb: 2", 2, "It is not YAML: "],
    ["allow: &a {}\nforks: *a", 2, "Aliases (`*name`) are not allowed."],
    ["[".repeat(20_000), undefined, "It is nested deeper"],
    ["[\n".repeat(10_000), undefined, "It is nested deeper"],
    ["? ".repeat(8_000), undefined, "Keys that begin with `?` are not allowed."],
    ["- ? ? ? a", undefined, "Keys that begin with `?` are not allowed."],
    ["a: [x, ? b]", undefined, "Keys that begin with `?` are not allowed."],
  ];
  for (const [text, line, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(text.slice(0, 60))}`, () => {
      const problem = problemOf(text);
      expect(problem?.message).to.satisfy(
        (said: string) => said.startsWith(message),
        problem?.message,
      );
      if (line === undefined) return;
      expect(problem?.line).to.deep.equal({ number: line, text: text.split("\n")[line - 1] });
    });
  }

  it("refuses a file that would grow in memory, at once", () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0 ? "a0: &a0 [x,x]" : `a${level}: &a${level} [*a${level - 1},*a${level - 1}]`,
    );
    expect(problemOf(levels.join("\n"))?.message).to.include("Aliases");
  });

  it("knows or explains any text, and never throws anything else", () => {
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          "directories:",
          "  - dir: a",
          "    when_modified: [",
          "allow: {",
          "forks: !!binary x",
          "? [a]",
          "<<: {}",
          "__proto__: 1",
          "- 1",
          "drafts: true",
        ),
      ),
    );
    fc.assert(
      fc.property(lines, (text) => {
        problemOf(text.join("\n"));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("globOf", () => {
  for (const [glob, path, isMatch] of [
    ["modules/**", "modules/a/b.tf", true],
    ["modules/**", "x/modules/a.tf", false],
    ["**/*.json", "a/.hidden/b.json", true],
    ["*.json", "a/b.json", false],
    ["envs/{a,b}/*.yaml", "envs/b/x.yaml", true],
    ["[", "[", true],
  ] as const) {
    it(`${glob} ${isMatch ? "means" : "does not mean"} ${path}`, () => {
      expect(globOf(glob)(path)).to.equal(isMatch);
    });
  }
});
