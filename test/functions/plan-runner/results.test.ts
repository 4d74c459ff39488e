import { expect } from "chai";
import { resultObject } from "../../../functions/messages/plan-names.ts";
import { giveUp } from "../../../functions/plan-runner/give-up.ts";
import { checkOf } from "../../../functions/plan-runner/request.ts";
import { runPlan } from "../../../functions/plan-runner/run-plan.ts";
import { SUMMARY, planRequest, planned } from "./builders.ts";
import { World } from "./world.ts";

describe("results of plans", () => {
  let world: World;
  const request = planRequest();
  const again = planRequest({ rerun: "d-2" });
  const run = (asked = request) => runPlan(asked, world.delivery(), world.ports);
  const repeated = { kind: "done", body: { result: "repeated" } };

  beforeEach(() => {
    world = new World();
  });

  it("of a rerun keep an earlier message of that head from giving up, and from planning", async () => {
    await run(again);
    expect(await giveUp(request, world.log, world.ports)).to.deep.equal({ posted: false });
    expect(world.pull.bodies[0]).to.include("**Plan: 1 to add**");
    expect(await run()).to.deep.equal(repeated);
  });

  it("of a rerun that was given up let an earlier message plan", async () => {
    await giveUp(again, world.log, world.ports);
    expect(world.stored("results/")).to.deep.equal([resultObject(again)]);
  });

  for (const [conclusion, violations] of [
    ["success", []],
    ["failure", ["At most 2 may be destroyed."]],
  ] as const) {
    it(`conclude a check that waits for them as ${conclusion}`, async () => {
      world.work = () =>
        Promise.resolve(planned({ summary: { ...SUMMARY, violations: [...violations] } }));
      await run();
      const detailsUrl = "https://github.com/acme/infra/pull/7#issuecomment-101";
      world.pull.checks.push({
        ...checkOf(request),
        status: "in_progress",
        title: "Waiting",
        summary: "Waits.",
      });
      expect(await run()).to.deep.equal(repeated);
      expect(world.pull.checks.at(-1)).to.deep.equal({
        ...checkOf(request),
        status: "completed",
        conclusion,
        title: "Planned before",
        summary: `This commit has been planned already. [The comment on the pull request](${detailsUrl})`,
        detailsUrl,
      });
    });
  }

  it("are a repetition even where they cannot be read", async () => {
    await world.objects.create(resultObject(request), "{}");
    expect(await run()).to.deep.equal(repeated);
    expect(world.pull.calls).to.deep.equal([]);
  });
});
