import { expect } from "chai";
import fc from "fast-check";
import { globOf, parseConfig } from "../../../functions/plan-app/adapters/config-file.ts";
import { fromRoot } from "../../../functions/plan-app/globs.ts";
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
      "directories:\n  - dir: a/b\n  - dir: ./a/.//b/",
      3,
      "`directories.1` must not list a directory twice.",
    ],
    [
      "directories:\n  - dir: a\n    workspace: b",
      3,
      "`directories.0.workspace` is not known; known here are dir, workspaces, var_files, when_modified.",
    ],
    [
      "directories:\n  - dir: a\n    workspaces: [b, b]",
      3,
      "`directories.0.workspaces.1` must not name one twice.",
    ],
    [
      "directories:\n  - dir: a\n    workspaces: []",
      3,
      "`directories.0.workspaces` must name a workspace.",
    ],
    [
      "directories:\n  - dir: a\n    when_modified:\n      - ok/*\n      - /x",
      5,
      '`directories.0.when_modified.1` must be seen from the repository\'s root without a / before it: "x".',
    ],
    ...[
      ["'!a/*.md'", "must not begin with !: list what counts"],
      ["' a/*'", "must not begin or end with a space."],
      ["'a/* '", "must not begin or end with a space."],
      ["'a\\b\\*'", 'must have / between folders: "a/b/*".'],
      ["'{../a,b}/*'", "must not have . or .. within braces: "],
      ["''", "must not be empty."],
      ["../../../x/*", 'must lead to a place in the repository, as seen from "envs/prod".'],
      ["a/../../x", 'must lead to a place in the repository, as seen from "envs/prod".'],
      ["a/**/../x", 'must lead to a place in the repository, as seen from "envs/prod".'],
    ].map(([glob, said]): [string, number, string] => [
      `directories:\n  - dir: envs/prod\n    when_modified:\n      - ok/*\n      - ${glob}`,
      5,
      `\`directories.0.when_modified.1\` ${said}`,
    ]),
    [
      "directories:\n  - dir: envs/**\n    when_modified:\n      - ../x",
      4,
      '`directories.0.when_modified.0` must lead to a place in the repository, as seen from "envs/**".',
    ],
    [
      "directories:\n  - dir: '!envs/old'",
      2,
      "`directories.0.dir` must not begin with !: list the directories that are planned.",
    ],
    ["directories: []", 1, "`directories` must list a directory; without the key all are found."],
    [
      "directories:\n  - dir: a\n    workspaces: [b, c d]",
      3,
      "`directories.0.workspaces.1` must be a workspace's name.",
    ],
    [
      "directories:\n  - dir: a\n    var_files:\n      - a.tfvars\n      - '*.tfvars'",
      5,
      "`directories.0.var_files.1` must be one file; a pattern is none.",
    ],
    [
      `directories:\n  - dir: a\n    var_files: [${Array(21).fill("x").join(", ")}]`,
      3,
      "`directories.0.var_files` must have at most 20 files.",
    ],
    [
      "allow:\n  data_sources:\n    - http\n    - aws_ami",
      4,
      "`allow.data_sources.1` must be external, http or local_command; all others are allowed.",
    ],
    ...["a/b/c", "grafana/graf*", "*", "https://x.org/a/b", "a/b@1", "x.org/a", "a b"].map(
      (source): [string, number, string] => [
        `allow:\n  providers:\n    - '${source}'`,
        3,
        "`allow.providers.0` must be a source like grafana/grafana, or example/* for a namespace.",
      ],
    ),
    ...["a b", "a/b", "^a.*", "data.a.b", "a,b", "!a.b"].map(
      (address): [string, number, string] => [
        `protected:\n  - ok.*\n  - '${address}'`,
        3,
        "`protected.1` must be a resource's address, ",
      ],
    ),
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

describe("what is accepted and means something", () => {
  for (const text of [
    "directories: [{dir: 'envs/*', when_modified: ['../../modules/**/*.tf']}, {dir: '{a,b}/**'}]",
    "directories: [{dir: a, workspaces: [team@prod, a+b]}]",
    "allow: {providers: [grafana, grafana/grafana, example/*, '*/*', registry.x.org/a/b, x.org:8443/a/*]}",
    "protected: [google_sql_database_instance, 'a.b[\"x y\"]', module.m, '*.main', 'module.m[*].x']",
    "forks: { label: ' run-plan ' }",
  ]) {
    it(text.slice(0, 60), () => {
      expect(problemOf(text)).to.equal(undefined);
    });
  }
});

describe("fromRoot", () => {
  for (const [glob, dir, expected] of [
    ["modules/**", "envs/prod", "modules/**"],
    ["../../modules/**/*.tf", "envs/prod", "modules/**/*.tf"],
    ["../*.yaml", "envs/prod", "envs/*.yaml"],
    ["./x/*.json", "envs/prod", "envs/prod/x/*.json"],
    ["./x", ".", "x"],
    ["../../x", "envs/*", "x"],
    ["a/./b//c/", "envs/prod", "a/b/c"],
    ["a/../b", "envs/prod", "b"],
    ["a/*/../b", "envs/prod", "a/b"],
    ["../..", "envs/prod", "**"],
    ["./", ".", "**"],
    ["..", ".", undefined],
    ["../../../x", "envs/prod", undefined],
    ["../x", "**", undefined],
    ["a/**/../b", "envs/prod", undefined],
    [".x/*", "envs/prod", ".x/*"],
    ["..x/*", "envs/prod", "..x/*"],
  ] as const) {
    it(`sees ${glob} of ${dir} as ${expected ?? "nothing"}`, () => {
      expect(fromRoot(glob, dir)).to.equal(expected);
    });
  }
});

describe("globOf", () => {
  for (const [glob, path, isMatch] of [
    ["modules/**", "modules/a/b.tf", true],
    ["modules/**", "x/modules/a.tf", false],
    ["**/*.json", "a/.hidden/b.json", true],
    ["*.json", "a/b.json", false],
    ["envs/{a,b}/*.yaml", "envs/b/x.yaml", true],
    ["[", "[", true],
    ["modules/vpc", "modules/vpc/a/b.tf", true],
    ["modules/vpc", "modules/vpc", true],
    ["modules/vpc", "modules/vpc2/a.tf", false],
    ["modules/*", "modules/vpc/a.tf", false],
    ["envs/*", "envs/prod", true],
    ["envs/*", "envs/eu/prod", false],
    ["envs/**", "envs/eu/prod", true],
    ["**", "a.tf", true],
  ] as const) {
    it(`${glob} ${isMatch ? "means" : "does not mean"} ${path}`, () => {
      expect(globOf(glob)(path)).to.equal(isMatch);
    });
  }
});
