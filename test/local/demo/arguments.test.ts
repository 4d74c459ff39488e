import { expect } from "chai";
import { join } from "node:path";
import { parseArguments, withoutTofu } from "../../../local/demo/arguments.ts";
import { EXAMPLE } from "../../../local/systems/plan-runner/demo/hub.ts";
import { UsageError } from "../../../infra/commands/arguments.ts";

describe("the demo's arguments", () => {
  it("are all stories where none is named", () => {
    expect(parseArguments([])).to.deep.equal({
      systems: ["enqueuer", "plan-runner"],
      areNamed: false,
      folder: undefined,
    });
  });

  it("take a folder after plan-runner", () => {
    expect(parseArguments(["plan-runner", EXAMPLE, "enqueuer"])).to.deep.equal({
      systems: ["plan-runner", "enqueuer"],
      areNamed: true,
      folder: EXAMPLE,
    });
  });

  for (const [args, message] of [
    [["enqueuer", EXAMPLE], `There is no demo of "${EXAMPLE}"; there are enqueuer, plan-runner.`],
    [
      ["plan-runner", EXAMPLE, EXAMPLE],
      `There is no demo of "${EXAMPLE}"; there are enqueuer, plan-runner.`,
    ],
    [["--bogus"], "Unknown option '--bogus' (--help says what there is)"],
    [["plan-runner", import.meta.dirname], `${import.meta.dirname} has no .tf files.`],
    [
      ["plan-runner", join(EXAMPLE, "none")],
      `${join(EXAMPLE, "none")} is not a folder that can be read.`,
    ],
  ] as const) {
    it(`are refused: ${args.length} words, ${message.split(" ").slice(1, 5).join(" ")} …`, () => {
      expect(() => parseArguments(args))
        .to.throw(UsageError)
        .with.property("message", message);
    });
  }

  describe("without OpenTofu", () => {
    it("leave plan-runner out and say how to get it", () => {
      const said: string[] = [];
      const systems = ["enqueuer", "plan-runner"] as const;
      const told = { systems, areNamed: false, folder: undefined };
      expect(withoutTofu(told, (text) => said.push(text)))
        .to.have.property("systems")
        .that.deep.equals(["enqueuer"]);
      expect(said).to.have.length(1);
      expect(said[0]).to.match(/^The story of plan-runner is left out\. .*npm run tools/);
    });

    it("refuse plan-runner where it was asked for by name", () => {
      const told = { systems: ["plan-runner"], areNamed: true, folder: undefined } as const;
      expect(() => withoutTofu(told, () => undefined)).to.throw(UsageError, "npm run tools");
    });

    it("keep what needs none", () => {
      const told = { systems: ["enqueuer"], areNamed: true, folder: undefined } as const;
      expect(withoutTofu(told, () => undefined)).to.deep.equal(told);
    });
  });
});
