import { expect } from "chai";
import {
  isConfiguration,
  isIgnored,
  isVariableFile,
} from "../../../functions/messages/tofu-files.ts";

describe("isConfiguration", () => {
  for (const [name, expected] of [
    ["main.tf", true],
    ["main.tofu", true],
    ["main.tf.json", true],
    ["main.tofu.json", true],
    ["x_override.tf", true],
    ["#x.tf", true],
    ["#x#.tf", true],
    [".tf", false],
    [".main.tf", false],
    [".#main.tf", false],
    ["main.tf~", false],
    ["main.tf.json~", false],
    ["#main.tf#", false],
    ["main.tfvars", false],
    ["main.tftest.hcl", false],
    ["main.tf.tmpl", false],
    ["maintf", false],
  ] as const) {
    it(`says ${expected} for ${name}`, () => {
      expect(isConfiguration(name)).to.equal(expected);
    });
  }
});

describe("isIgnored", () => {
  for (const [name, expected] of [
    [".x", true],
    ["x~", true],
    ["#x#", true],
    ["##", true],
    ["#x", false],
    ["x#", false],
    ["x.", false],
    ["~x", false],
  ] as const) {
    it(`says ${expected} for ${name}`, () => {
      expect(isIgnored(name)).to.equal(expected);
    });
  }
});

describe("isVariableFile", () => {
  for (const [name, expected] of [
    ["terraform.tfvars", true],
    ["terraform.tfvars.json", true],
    ["a.auto.tfvars", true],
    ["a.auto.tfvars.json", true],
    [".a.auto.tfvars", true],
    ["a.auto.tfvars~", false],
    ["prod.tfvars", false],
    ["prod.tfvars.json", false],
    ["terraform.tfvars.bak", false],
  ] as const) {
    it(`says ${expected} for ${name}`, () => {
      expect(isVariableFile(name)).to.equal(expected);
    });
  }
});
