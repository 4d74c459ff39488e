import { expect } from "chai";
import { readHcl } from "../../../functions/plan-executor/guard/hcl.ts";
import { overlookingIn } from "../../../functions/plan-executor/guard/overlooked.ts";
import { readTfJson } from "../../../functions/plan-executor/guard/tf-json.ts";

describe("expressions that take what cannot be read for what is not there", () => {
  const value = (expression: string): string | undefined =>
    overlookingIn([readHcl("# first\n"), readHcl(`output "x" {\n  value = ${expression}\n}\n`)]);

  for (const [expression, expected] of [
    ['fileset(path.module, "*.json")', "fileset"],
    ['{ for f in core::fileset("..", "*") : f => file(f) }', "fileset"],
    ['"${length(fileset(".", "*"))} files"', "fileset"],
    ['"%{ for f in fileset(".", "*") }${f}%{ endfor }"', "fileset"],
    ['<<EOT\n${join(",", fileset(".", "*"))}\nEOT', "fileset"],
    ['fileset /* so */ (".", "*")', "fileset"],
    ['try(yamldecode(file("x.yaml")), {})', "try"],
    ['can(templatefile("x", {})) ? 1 : 0', "can"],
    ['"${try(filebase64sha256("x"), "")}"', "try"],
    ['try("${file("x")}", "")', "try"],
  ] as const) {
    it(`are in ${JSON.stringify(expression)}`, () => {
      expect(value(expression)).to.equal(expected);
    });
  }

  for (const name of [
    ...["file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists"],
    ...["filemd5", "filesha1", "filesha256", "filesha512", "templatefile"],
  ]) {
    it(`are in ${name}() where it is tried`, () => {
      expect(value(`try(${name}("x"), "")`)).to.equal("try");
      expect(value(`${name}("x")`)).to.equal(undefined);
    });
  }

  for (const expression of [
    "try(var.a.b, null)",
    'fileexists("x") ? file("x") : ""',
    '"a fileset, or try a file"',
    '"${local.filesets}"',
    "<<EOT\ntry(file())\nEOT",
  ]) {
    it(`are not in ${JSON.stringify(expression)}`, () => {
      expect(value(expression)).to.equal(undefined);
    });
  }

  it("are in one expression, not in two", () => {
    const apart = 'locals {\n  a = file("x")\n  b = try(local.a, "")\n}\n';
    expect(overlookingIn([readHcl(apart)])).to.equal(undefined);
  });

  it("are at any depth, and in JSON too", () => {
    const deep = 'resource "a" "b" {\n  c {\n    d {\n      e = fileset(".", "*")\n    }\n  }\n}\n';
    expect(overlookingIn([readHcl(deep)])).to.equal("fileset");
    const json = (text: string) =>
      overlookingIn([readTfJson(JSON.stringify({ locals: { x: text } }))]);
    expect(json('${try(file("x"), "")}')).to.equal("try");
    expect(json("try(file())")).to.equal(undefined);
  });
});
