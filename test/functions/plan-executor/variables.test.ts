import { expect } from "chai";
import { readHcl } from "../../../functions/plan-executor/guard/hcl.ts";
import { readTfJson } from "../../../functions/plan-executor/guard/tf-json.ts";
import { namesIn, sensitiveValues } from "../../../functions/plan-executor/guard/variables.ts";

const DECLARED = readHcl('variable "s" {\n  sensitive = true\n}\nvariable "open" {\n}\n');

const NOTHING_GIVEN = { variableFiles: [], environment: {} };

const byDefault = (value: string): unknown[] =>
  sensitiveValues(
    [readHcl(`variable "s" {\n  sensitive = true\n  default = ${value}\n}\n`)],
    NOTHING_GIVEN,
  );

describe("sensitiveValues", () => {
  for (const [what, value, expected] of [
    ["a text", '"sesame"', ["sesame"]],
    ["a number", "12345678", [12345678]],
    [
      "an object, its keys left out",
      '{\n  password = "sesame", "port" : "x"\n  deep = { list = ["a", ["b"]] }\n}',
      ["sesame", "x", "a", "b"],
    ],
    ["a text with signs that begin no template", '"pa$$w%rd"', ["pa$$w%rd", "pa$$w%rd"]],
    ["a text with escapes", '"a\\"b\\u0063$${"', ['a\\"b\\u0063$${', 'a"bc${']],
    ["a heredoc", "<<-EOT\n  sesame\n  open\n  EOT", ["  sesame\n  open\n", "  sesame\n  open\n"]],
    ["no words", "[true, null]", []],
  ] as const) {
    it(`finds ${what} in a default`, () => {
      expect(byDefault(value)).to.deep.equal(expected);
    });
  }

  it("finds defaults in the JSON syntax", () => {
    const file = {
      variable: { s: { sensitive: true, default: { a: "sesame", b: [1234567, true, null, "x"] } } },
    };
    expect(sensitiveValues([readTfJson(JSON.stringify(file))], NOTHING_GIVEN)).to.deep.equal([
      "sesame",
      1234567,
      "x",
    ]);
  });

  it("finds what a variable file gives to a sensitive variable, and nothing else of it", () => {
    const hcl = { name: "a.tfvars", text: 's = { password = "sesame" }\nopen = "shown"\n' };
    const text = JSON.stringify({ s: [{ password: "open" }, -7654321], open: "shown" });
    const json = { name: "/x/terraform.tfvars.json", text };
    expect(
      sensitiveValues([DECLARED], { ...NOTHING_GIVEN, variableFiles: [hcl, json] }),
    ).to.deep.equal(["sesame", "open", -7654321]);
  });

  for (const [what, configuration, expected] of [
    ["an ephemeral variable", 'variable "e" {\n  ephemeral = true\n  default = "x1"\n}', ["x1"]],
    [
      "a sensitive output",
      'output "o" {\n  sensitive = true\n  value = "x2"\n  description = "shown"\n}',
      ["x2"],
    ],
    ["an output for all to see", 'output "o" {\n  value = "shown"\n}', []],
    [
      "what a sensitive output refers to",
      'output "o" {\n  sensitive = true\n  value = local.a\n}\nlocals {\n  a = var.b\n}\nvariable "b" {\n  default = "x5"\n}',
      ["x5"],
    ],
    [
      "what the argument of a module refers to",
      'module "m" {\n  source = "./m"\n  s = var.plain\n}\nvariable "s" {\n  sensitive = true\n}\nvariable "plain" {\n  default = "x6"\n}\nvariable "other" {\n  default = "shown"\n}',
      ["x6"],
    ],
    [
      "a local that is called sensitive where it is used",
      'locals {\n  a = "x7"\n}\noutput "o" {\n  value = sensitive(local.a)\n}',
      ["x7"],
    ],
    ["what is called sensitive", 'locals {\n  p = sensitive("x3")\n  q = "shown"\n}', ["x3"]],
    [
      "the argument of a module",
      'module "m" {\n  source = "./m"\n  s = "x4"\n}\nvariable "s" {\n  sensitive = true\n}',
      ["x4"],
    ],
  ] as const) {
    it(`finds the value of ${what}`, () => {
      expect(sensitiveValues([readHcl(configuration)], NOTHING_GIVEN)).to.deep.equal(expected);
    });
  }

  for (const [name, value, expected] of [
    ["TF_VAR_s", "sesame", ["sesame"]],
    ["TF_VAR_s", "12345678", ["12345678", 12345678]],
    ["TF_VAR_s", '{ a = "sesame", b = ["x"] }', ['{ a = "sesame", b = ["x"] }', "sesame", "x"]],
    ["TF_VAR_s", '["', ['["']],
    ["TF_VAR_open", "shown", []],
    ["TF_VAR_db_password", "sesame", ["sesame"]],
    ["REGION", "shown", []],
    ["s", "shown", []],
    ["AWS_SECRET_ACCESS_KEY", "sesame", ["sesame"]],
    ["GITHUB_TOKEN", "sesame", ["sesame"]],
    ["DD_API_KEY", "sesame", ["sesame"]],
    ["PGPASSWORD", "sesame", ["sesame"]],
    ["DB_PASS", "sesame", ["sesame"]],
    ["GITHUB_PAT", "sesame", ["sesame"]],
    ["COMPASS", "shown", []],
    ["GOOGLE_CREDENTIALS", '{"type":"shown"}', ['{"type":"shown"}']],
    [
      "TF_ENCRYPTION",
      'key_provider "pbkdf2" "k" {\n  passphrase = "sesame"\n}\n',
      ['key_provider "pbkdf2" "k" {\n  passphrase = "sesame"\n}\n', "sesame"],
    ],
    [
      "TF_ENCRYPTION",
      '{"key_provider":{"pbkdf2":{"k":{"passphrase":"sesame"}}}}',
      ['{"key_provider":{"pbkdf2":{"k":{"passphrase":"sesame"}}}}', "sesame"],
    ],
  ] as const) {
    it(`finds ${JSON.stringify(expected)} in ${name}=${value}`, () => {
      const given = { ...NOTHING_GIVEN, environment: { [name]: value } };
      expect([...new Set(sensitiveValues([DECLARED], given))]).to.deep.equal(expected);
    });
  }

  it("finds nothing where a file cannot be read", () => {
    const files = [
      { name: "a.tfvars", text: 's = "' },
      { name: "a.tfvars.json", text: "{" },
      { name: "b.tfvars", text: undefined },
    ];
    expect(sensitiveValues([DECLARED], { ...NOTHING_GIVEN, variableFiles: files })).to.deep.equal(
      [],
    );
  });

  it("finds nothing of variables that are not sensitive", () => {
    const file = readHcl('variable "s" {\n  sensitive = false\n  default = "shown"\n}\n');
    expect(sensitiveValues([file], NOTHING_GIVEN)).to.deep.equal([]);
  });
});

describe("namesIn", () => {
  it("finds blocks, their types and their arguments, and no values", () => {
    const file = readHcl('resource "a" "b" {\n  c = "d"\n  e {\n    f = { g = "h" }\n  }\n}\n');
    expect(namesIn([file])).to.deep.equal(["resource", "a", "b", "c", "e", "f"]);
  });
});
