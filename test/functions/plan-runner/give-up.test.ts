import { expect } from "chai";
import { planLease, resultObject } from "../../../functions/messages/plan-names.ts";
import { Refused, Unavailable } from "../../../functions/plan-runner/faults.ts";
import { giveUp } from "../../../functions/plan-runner/give-up.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import { runPlan } from "../../../functions/plan-runner/run-plan.ts";
import { NEWER_SHA, SHA, planRequest } from "./builders.ts";
import { NOON, World } from "./world.ts";

describe("giveUp", () => {
  let world: World;
  const request = planRequest();

  beforeEach(() => {
    world = new World();
  });

  const ask = (asked: Parameters<typeof giveUp>[0] = request) =>
    giveUp(asked, world.log, world.ports);

  async function refusal(): Promise<unknown> {
    const error: unknown = await ask().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return error instanceof HttpError ? [error.status, error.detail.message] : error;
  }

  it("says so in the comment and the check, where to look, and how to try again", async () => {
    expect(await ask({ ...request, delivery_attempts: 50 })).to.deep.equal({ posted: true });
    expect(world.pull.bodies[0]?.split("\n").slice(4)).to.deep.equal([
      `acme/infra @ ${SHA}`,
      "",
      "**Gave up after 50 tries.** Something that this plan depends on did not answer.",
      "",
      `Whoever runs this service finds the reason in Cloud Logging by \`jsonPayload.request_id="r-1" OR jsonPayload.sha="${SHA}"\`. An instance that ends each time has most likely used up its memory (\`planMemory\`).`,
      "",
      "To try again, comment `/plan` here or use the check's Re-run button.",
      "",
    ]);
    expect(world.pull.checks).to.have.length(1);
    expect(world.pull.checks[0]).to.include({
      conclusion: "failure",
      title: "Gave up",
      name: "plan",
    });
    const result = JSON.parse(
      world.objects.stored.get(resultObject(request))?.content ?? "",
    ) as object;
    expect(result).to.include({ outcome: "gave_up", comment_id: 101 });
    expect(world.stored("leases/")).to.deep.equal([]);
  });

  it("counts no tries where it was not told of any, and says it once", async () => {
    expect(await ask()).to.deep.equal({ posted: true });
    expect(world.pull.bodies[0]).to.include("**Gave up after many tries.**");
    expect(await ask()).to.deep.equal({ posted: false });
    expect(world.pull.bodies).to.have.length(1);
  });

  it("writes over the comment of an older head, and is written over by the next plan", async () => {
    await runPlan(request, world.delivery(), world.ports);
    await ask(planRequest({ rerun: "d-2" }));
    expect(world.pull.bodies).to.have.length(1);
    expect(world.pull.bodies[0]).to.include("Gave up");
    await runPlan(planRequest({ rerun: "d-3" }), world.delivery(), world.ports);
    expect(world.pull.bodies[0]).to.include("**Plan: 1 to add**");
  });

  const notWanted: [string, () => void][] = [
    ["the plan came through", () => void world.objects.create(resultObject(request), "{}")],
    ["the head moved", () => (world.pull.state = { ...world.pull.state, headSha: NEWER_SHA })],
    [
      "the pull request is closed",
      () => (world.pull.state = { ...world.pull.state, isOpen: false }),
    ],
    [
      "the plan came through meanwhile",
      () =>
        (world.onToken = () => {
          void world.objects.create(resultObject(request), "{}");
        }),
    ],
  ];
  for (const [what, arrange] of notWanted) {
    it(`says nothing where ${what}`, async () => {
      arrange();
      expect(await ask()).to.deep.equal({ posted: false });
      expect(world.pull.bodies).to.deep.equal([]);
      expect(world.pull.checks).to.deep.equal([]);
      expect(world.stored("leases/")).to.deep.equal([]);
    });
  }

  it("ends a check that still runs where the head moved", async () => {
    const check = { headSha: SHA, name: "plan" };
    await world.pull.setCheck(check, { status: "in_progress", title: "Planning", summary: "" });
    world.pull.state = { ...world.pull.state, headSha: NEWER_SHA };
    expect(await ask()).to.deep.equal({ posted: false });
    expect(world.pull.checks.at(-1)).to.include({ ...check, conclusion: "cancelled" });
  });

  it("is to be asked again while somebody works on the plan", async () => {
    const content = JSON.stringify({ holder: "another", expires_at: NOON + 1 });
    world.objects.stored.set(planLease(request), { content, generation: "g" });
    expect(await refusal()).to.deep.equal([503, "A delivery works on this plan."]);
  });

  it("is to be asked again where something does not answer", async () => {
    world.onToken = () => {
      throw new Unavailable("It passes.");
    };
    expect(await refusal()).to.deep.equal([503, "It passes."]);
    expect(world.stored("leases/")).to.deep.equal([]);
  });

  it("is over where GitHub refuses", async () => {
    world.onToken = () => {
      throw new Refused(404, "Not Found");
    };
    expect(await ask()).to.deep.equal({ posted: false });
    expect(world.lines.map(({ severity }) => severity)).to.deep.equal(["ERROR"]);
  });
});
