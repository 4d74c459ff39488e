import { expect } from "chai";
import { readHcl } from "../../../functions/plan-executor/guard/hcl.ts";
import { readTfJson } from "../../../functions/plan-executor/guard/tf-json.ts";
import {
  isVariableFile,
  sensitiveValues,
} from "../../../functions/plan-executor/guard/variables.ts";

const DECLARED = readHcl('variable "s" {\n  sensitive = true\n}\nvariable "open" {\n}\n');

const byDefault = (value: string): unknown[] =>
  sensitiveValues([readHcl(`variable "s" {\n  sensitive = true\n  default = ${value}\n}\n`)], []);

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
    expect(sensitiveValues([readTfJson(JSON.stringify(file))], [])).to.deep.equal([
      "sesame",
      1234567,
      "x",
    ]);
  });

  it("finds what a variable file gives to a sensitive variable, and nothing else of it", () => {
    const hcl = { name: "a.tfvars", text: 's = { password = "sesame" }\nopen = "shown"\n' };
    const text = JSON.stringify({ s: [{ password: "open" }, -7654321], open: "shown" });
    const json = { name: "/x/terraform.tfvars.json", text };
    expect(sensitiveValues([DECLARED], [hcl, json])).to.deep.equal(["sesame", "open", -7654321]);
  });

  it("finds nothing where a file cannot be read", () => {
    const files = [
      { name: "a.tfvars", text: 's = "' },
      { name: "a.tfvars.json", text: "{" },
      { name: "b.tfvars", text: undefined },
    ];
    expect(sensitiveValues([DECLARED], files)).to.deep.equal([]);
  });

  it("finds nothing of variables that are not sensitive", () => {
    const file = readHcl('variable "s" {\n  sensitive = false\n  default = "shown"\n}\n');
    expect(sensitiveValues([file], [])).to.deep.equal([]);
  });
});

describe("isVariableFile", () => {
  for (const [name, expected] of [
    ["terraform.tfvars", true],
    ["terraform.tfvars.json", true],
    ["a.auto.tfvars", true],
    ["a.auto.tfvars.json", true],
    ["prod.tfvars", false],
    ["prod.tfvars.json", false],
    ["terraform.tfvars.bak", false],
  ] as const) {
    it(`says ${expected} for ${name}`, () => {
      expect(isVariableFile(name)).to.equal(expected);
    });
  }
});
