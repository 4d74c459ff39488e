import { expect } from "chai";
import type { PlanRequest } from "../../../functions/messages/plan-request.ts";
import { Refused } from "../../../functions/plan-runner/faults.ts";
import { giveUp } from "../../../functions/plan-runner/give-up.ts";
import { runPlan } from "../../../functions/plan-runner/run-plan.ts";
import { NEWER_SHA, SHA, planRequest, planned } from "./builders.ts";
import { NOON, World } from "./world.ts";

/** GitHub's answers and refs may be older than the event that a message tells of. */
describe("runPlan, with a GitHub that lags behind", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  const asked = (pull_request: Partial<PlanRequest["pull_request"]> = {}): PlanRequest => {
    const request = planRequest();
    return { ...request, pull_request: { ...request.pull_request, ...pull_request } };
  };
  const run = (request: PlanRequest, difference = {}) =>
    runPlan(request, world.delivery(difference), world.ports);
  const AT_EVENT = { updated_at: "2026-01-01T12:00:00Z" };
  const older = { headSha: NEWER_SHA, updatedAt: "2026-01-01T11:59:59Z" };

  it("comes again where another head is the answer from before the event", async () => {
    world.pull.state = { ...world.pull.state, ...older };
    expect(await run(asked(AT_EVENT))).to.deep.equal({
      kind: "retry",
      reason: "GitHub's answer is older than the event.",
    });
    expect(world.pull.checks).to.deep.equal([]);
  });

  it("believes another head in an answer that is as new as the event", async () => {
    world.pull.state = { ...world.pull.state, ...older, updatedAt: AT_EVENT.updated_at };
    expect(await run(asked(AT_EVENT))).to.deep.equal({ kind: "done", body: { result: "stale" } });
  });

  it("plans the head that even an older answer has", async () => {
    expect(await run(asked(AT_EVENT))).to.deep.equal({ kind: "done", body: { result: "planned" } });
  });

  it("goes on with a plan while an older answer has another head", async () => {
    world.work = async (signal) => {
      world.pull.state = { ...world.pull.state, ...older };
      await world.tick();
      world.pull.state = { ...world.pull.state, headSha: SHA };
      expect(signal.aborted).to.equal(false);
      return planned();
    };
    expect(await run(asked(AT_EVENT))).to.deep.equal({ kind: "done", body: { result: "planned" } });
  });

  for (const [age, kind] of [
    [59, "retry"],
    [60, "done"],
  ] as const) {
    it(`takes a pull request that is not there ${age} s after the message for ${kind}`, async () => {
      world.pull.before = (call) => {
        if (call === "read") throw new Refused(404, "Not Found");
      };
      const publishedAt = new Date(NOON - age * 1000);
      expect((await run(asked(), { publishedAt })).kind).to.equal(kind);
      expect(world.pull.checks).to.deep.equal([]);
    });
  }

  it("does not give up on an answer from before the event", async () => {
    world.pull.state = { ...world.pull.state, ...older };
    const error: unknown = await giveUp(asked(AT_EVENT), world.log, world.ports).catch(String);
    expect(error).to.include("GitHub's answer is older than the event.");
  });
});

describe("runPlan, with another base by now", () => {
  let world: World;
  const request = planRequest();
  const forMain = { ...request, pull_request: { ...request.pull_request, base_ref: "main" } };
  const retarget = () => (world.pull.state = { ...world.pull.state, baseRef: "release" });
  const run = () => runPlan(forMain, world.delivery(), world.ports);
  const superseded = { kind: "done", body: { result: "retargeted" } };

  beforeEach(() => {
    world = new World();
  });

  it("acknowledges the message, and touches nothing", async () => {
    retarget();
    expect(await run()).to.deep.equal(superseded);
    expect([world.pull.bodies, world.pull.checks]).to.deep.equal([[], []]);
    expect(world.stored("results/")).to.deep.equal([]);
  });

  it("writes no comment, and ends the check that it began", async () => {
    world.work = () => {
      retarget();
      return Promise.resolve(planned());
    };
    expect(await run()).to.deep.equal(superseded);
    expect(world.pull.bodies).to.deep.equal([]);
    expect(world.pull.checks.at(-1)).to.include({
      conclusion: "cancelled",
      title: "Superseded by a change of the base",
    });
  });

  it("does not mind where the message names no base", async () => {
    retarget();
    const outcome = await runPlan(request, world.delivery(), world.ports);
    expect(outcome).to.deep.equal({ kind: "done", body: { result: "planned" } });
  });
});
