import { expect } from "chai";
import { directoryOf, failures } from "../../../../../local/systems/plan-runner/demo/hub.ts";

describe("the checks of a person's folder", () => {
  for (const [name, dir] of [
    ["plan", "."],
    ["plan (blue)", "."],
    ["plan: envs/prod", "envs/prod"],
    ["plan: envs/prod (blue)", "envs/prod"],
  ] as const) {
    it(`are about a directory: ${name}`, () => {
      expect(directoryOf({ name })).to.equal(dir);
    });
  }

  it("are told of where they failed, each with its directory", () => {
    const runs = [
      { name: "plan", conclusion: "success", output: { title: "No changes" } },
      { name: "plan: a", conclusion: "failure", output: { title: "Failed at tofu init" } },
      { name: "plan: b (blue)", conclusion: "timed_out", output: { title: null } },
    ];
    expect(failures(runs, "/home/me/infra")).to.deep.equal([
      "Your own /home/me/infra/a could not be planned: its check ended with failure (Failed at tofu init).",
      "Your own /home/me/infra/b could not be planned: its check ended with timed_out.",
    ]);
  });
});
