import { expect } from "chai";
import { join } from "node:path";
import { parseArguments, tellable } from "../../../local/demo/arguments.ts";
import { EXAMPLE } from "../../../local/systems/plan-runner/demo/hub.ts";
import { UsageError } from "../../../infra/commands/arguments.ts";
import { thrownBy } from "../../support/thrown-by.ts";

describe("the demo's arguments", () => {
  it("are all stories where none is named", () => {
    expect(parseArguments([])).to.deep.equal({
      systems: ["enqueuer", "plan-runner", "producer", "scenarioforge"],
      areNamed: false,
      arguments: new Map(),
    });
  });

  it("take a folder after plan-runner", () => {
    expect(parseArguments(["plan-runner", EXAMPLE, "enqueuer"])).to.deep.equal({
      systems: ["plan-runner", "enqueuer"],
      areNamed: true,
      arguments: new Map([["plan-runner", EXAMPLE]]),
    });
  });

  for (const [args, message] of [
    [
      ["enqueuer", EXAMPLE],
      `There is no demo of "${EXAMPLE}"; there are enqueuer, plan-runner, producer, scenarioforge.`,
    ],
    [
      ["plan-runner", EXAMPLE, EXAMPLE],
      `There is no demo of "${EXAMPLE}"; there are enqueuer, plan-runner, producer, scenarioforge.`,
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

  describe("on a machine that lacks what a story needs", () => {
    const lacks = (system: string) =>
      Promise.resolve(system === "plan-runner" ? "npm run tools builds it." : undefined);
    const told = { areNamed: false, arguments: new Map() } as const;

    it("leave that story out and say how to get it", async () => {
      const said: string[] = [];
      const systems = ["enqueuer", "plan-runner"] as const;
      const left = await tellable({ ...told, systems }, (text) => said.push(text), lacks);
      expect({ left, said }).to.deep.equal({
        left: ["enqueuer"],
        said: ["The story of plan-runner is left out. npm run tools builds it."],
      });
    });

    it("are refused where just that story was asked for by name", async () => {
      const named = { ...told, systems: ["plan-runner"], areNamed: true } as const;
      const failure = await thrownBy(() => tellable(named, () => undefined, lacks));
      expect(failure).to.be.instanceOf(UsageError);
      expect(String(failure)).to.contain("npm run tools");
    });

    it("keep what needs nothing", async () => {
      const named = { ...told, systems: ["enqueuer"], areNamed: true } as const;
      expect(await tellable(named, () => undefined, lacks)).to.deep.equal(["enqueuer"]);
    });
  });
});
