import { expect } from "chai";
import fc from "fast-check";
import { Warnings } from "../../../functions/plan-executor/output/warnings.ts";

function read(printed: readonly string[], size = 1_000): ReturnType<Warnings["read"]> {
  const warnings = new Warnings();
  for (const each of printed) {
    const bytes = Buffer.from(each);
    for (let at = 0; at < bytes.length; at += size) warnings.add(bytes.subarray(at, at + size));
    warnings.end();
  }
  return warnings.read();
}

const RULE = "─".repeat(77);

// As OpenTofu 1.12.6 prints them, but for their length.
const INIT = `
Initializing provider plugins...
- terraform.io/builtin/terraform is built in to OpenTofu


Warning: Quoted references are deprecated

  on main.tf line 8, in resource "terraform_data" "x":
   8:     ignore_changes = ["input"]

Remove the quotes.

(and one more similar warning elsewhere)


Warning: Quoted keywords are deprecated

OpenTofu has been made – "é".

OpenTofu has been successfully initialized!

You may now begin working with OpenTofu.
`;
const PLAN = `
OpenTofu will perform the following actions:

  # terraform_data.x will be created
  + resource "terraform_data" "x" {
      + input = <<-EOT
            Warning: none
        EOT
    }

Plan: 1 to add, 0 to change, 0 to destroy.

Warning: Quoted references are deprecated

  on main.tf line 8, in resource "terraform_data" "x":
   8:     ignore_changes = ["input"]

Remove the quotes.

Warning: Check block assertion failed

  on main.tf line 24, in check "health":
    ├────────────────
    │ terraform_data.x.input is "hello"

It says hello.

${RULE}

Saved the plan to: p
`;

describe("Warnings", () => {
  it("are what init and plan print of them, each once", () => {
    expect(read([INIT, PLAN])).to.deep.equal({
      count: 2,
      told: {
        warnings: [
          "Warning: Quoted references are deprecated",
          "",
          '  on main.tf line 8, in resource "terraform_data" "x":',
          '   8:     ignore_changes = ["input"]',
          "",
          "Remove the quotes.",
          "",
          "Warning: Quoted keywords are deprecated",
          "",
          'OpenTofu has been made – "é".',
          "",
          "Warning: Check block assertion failed",
          "",
          '  on main.tf line 24, in check "health":',
          "    ├────────────────",
          '    │ terraform_data.x.input is "hello"',
          "",
          "It says hello.",
        ].join("\n"),
      },
    });
  });

  it("are none where none are printed", () => {
    expect(read(["", "Plan: 1 to add\n"])).to.deep.equal({ count: 0, told: {} });
  });

  it("are read without the frame that others draw around them", () => {
    const framed = "╷\n│ Warning: Old\n│ \n│   x\n╵\nPlan: 1 to add\n";
    expect(read([framed])).to.deep.equal({ count: 1, told: { warnings: "Warning: Old\n\n  x" } });
  });

  it("end where an error begins, and with the command", () => {
    expect(read(["Warning: a\n\nx\n\nError: b\n\ny\n", "z\nWarning: c"])).to.deep.equal({
      count: 2,
      told: { warnings: "Warning: a\n\nx\n\nWarning: c" },
    });
  });

  for (const next of [
    "OpenTofu used the selected providers to generate the following execution",
    "Terraform used the selected providers to generate the following execution",
    "OpenTofu will perform the following actions:",
    "OpenTofu planned the following actions, but then encountered a problem:",
    "No changes. Your infrastructure matches the configuration.",
    "Note: Objects have changed outside of OpenTofu",
    "Changes to Outputs:",
    "You can apply this plan to save these new output values to the OpenTofu",
    'terraform_data.x["a b"]: Refreshing state... [id=1]',
    "data.terraform_remote_state.r: Reading...",
    "terraform_data.x: Preparing import... [id=1]",
    "Plan: 1 to add, 0 to change, 0 to destroy.",
    "Initializing provider plugins...",
    "OpenTofu has created a lock file .terraform.lock.hcl to record the provider",
    "OpenTofu has made some changes to the provider dependency selections recorded",
    RULE,
  ]) {
    it(`end before ${next.slice(0, 50)}`, () => {
      expect(read([`Warning: Old\n\nOpenTofu 0.11 had it.\n\n${next}\nx\n`])).to.deep.equal({
        count: 1,
        told: { warnings: "Warning: Old\n\nOpenTofu 0.11 had it." },
      });
    });
  }

  it("are the same in any pieces", () => {
    const whole = read([INIT, PLAN]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (size) => {
        expect(read([INIT, PLAN], size)).to.deep.equal(whole);
      }),
    );
  });

  it("are counted, where they are too many to be kept", () => {
    const many = Array.from({ length: 80 }, (_, at) => `Warning: ${at}\n\nx\n\n`).join("");
    const { count, told } = read([many]);
    expect(count).to.equal(80);
    expect(told.warnings?.match(/^Warning: /gm)).to.have.length(50);
    expect(told.warnings?.endsWith("\n\n… and 30 more warnings.")).to.equal(true);
  });

  it("are bounded, and no line of them is cut in two", () => {
    const lines = `${"x".repeat(99)}\n`.repeat(1_000);
    const endless = "y".repeat(1_000_000);
    const { told } = read([`Warning: a\n${lines}\nWarning: b\n${endless}\nz\n`]);
    const shown = told.warnings?.split("\n") ?? [];
    expect(new Set(shown)).to.deep.equal(
      new Set(["Warning: a", "x".repeat(99), "… left out here …", "", "Warning: b", "z"]),
    );
    expect(told.warnings?.length).to.be.lessThan(17_000);
  });
});
