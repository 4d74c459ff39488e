import { expect } from "chai";
import { resultObject } from "../../../functions/messages/plan-names.ts";
import { Refused, TooLong, Unavailable } from "../../../functions/plan-runner/faults.ts";
import { giveUp } from "../../../functions/plan-runner/give-up.ts";
import { runPlan } from "../../../functions/plan-runner/run-plan.ts";
import { planRequest } from "./builders.ts";
import { World } from "./world.ts";

/** What GitHub refuses once a check says that a plan is being made. */
describe("runPlan, refused", () => {
  let world: World;
  const request = planRequest();
  const run = () => runPlan(request, world.delivery(), world.ports);
  const refusing = (call: string, error: Error) => {
    world.pull.before = (each) => {
      if (each === call) throw error;
    };
  };
  const result = (): object =>
    JSON.parse(world.objects.stored.get(resultObject(request))?.content ?? "null") as object;

  beforeEach(() => {
    world = new World();
  });

  for (const [what, error] of [
    ["a locked conversation", new Refused(403, "GitHub: issue is locked.")],
    ["any length", new TooLong("GitHub: Body is too long")],
  ] as const) {
    it(`shows the plan in the check where the comment is refused for ${what}`, async () => {
      refusing("post", error);
      expect(await run()).to.deep.equal({ kind: "done", body: { result: "planned" } });
      const check = world.pull.checks.at(-1);
      expect(check).to.include({ conclusion: "success", text: "```diff\n+   resource\n```\n" });
      expect(check?.summary).to.include("GitHub refused the comment");
      expect(check?.detailsUrl).to.equal(undefined);
      expect(result()).to.deep.equal({
        finished_at: "2026-01-01T12:00:00.000Z",
        outcome: "planned",
        conclusion: "success",
      });
      const line = world.lines.find(({ message }) => message.includes("refused"));
      expect([line?.severity, line?.fields.github_status]).to.deep.equal(["ERROR", error.status]);
    });
  }

  it("tells in the check that it gave up where the comment is refused", async () => {
    refusing("post", new Refused(403, "GitHub: issue is locked."));
    expect(await giveUp(request, world.log, world.ports)).to.deep.equal({ posted: false });
    expect(world.pull.checks.at(-1)).to.include({ conclusion: "failure", title: "Gave up" });
    expect(result()).to.include({ outcome: "gave_up" });
  });

  const refused = { kind: "done", body: { result: "refused" } };
  const refusals: [string, (error: Error) => void][] = [
    [
      "the token for the checkout",
      (error) => {
        world.onToken = (which) => {
          if (which === "checkout") throw error;
        };
      },
    ],
    ["the plan itself", (error) => (world.work = () => Promise.reject(error))],
    ["the last check", (error) => refusing("check success", error)],
  ];
  for (const [what, arrange] of refusals) {
    it(`ends the check with the reason where ${what} is refused`, async () => {
      arrange(new Refused(403, "GitHub: no way"));
      expect(await run()).to.deep.equal(refused);
      const check = world.pull.checks.at(-1);
      expect(check).to.include({ conclusion: "failure", title: "GitHub refused" });
      expect(check?.summary).to.include("no way");
    });
  }

  it("is not planned from an archive that was kept before the App was let out", async () => {
    await run();
    world.onToken = () => {
      throw new Refused(404, "GitHub: Not Found");
    };
    expect(await runPlan(planRequest({ dir: "a" }), world.delivery(), world.ports)).to.deep.equal(
      refused,
    );
    expect(world.executions).to.have.length(1);
  });

  it("stays refused where not even that check can be set", async () => {
    refusing("check failure", new Unavailable("It passes."));
    world.work = () => Promise.reject(new Refused(403, "No."));
    expect(await run()).to.deep.equal(refused);
  });
});
