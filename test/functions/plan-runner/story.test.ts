import { expect } from "chai";
import { runPlan } from "../../../functions/plan-runner/run-plan.ts";
import type { CommentLimit } from "../../../local/outside/github/options.ts";
import { planRequest, planned } from "./builders.ts";
import { readFences } from "./comment-reader.ts";
import { ServedHub } from "./served-hub.ts";
import { World } from "./world.ts";

describe("runPlan, on the stand-in GitHub", () => {
  let served: ServedHub;

  afterEach(() => served.stop());

  async function begin(commentLimit: CommentLimit) {
    served = await ServedHub.start({ commentLimit });
    const { github } = served.hub;
    const repository = github.createRepository({ fullName: "acme/infra" });
    const { id } = await github.install("planner", "acme");
    const desk = await repository.openPullRequest({ branch: "change", files: { "a.tf": "1" } });
    const world = new World();
    const plan = async () => {
      const request = planRequest();
      const head_sha = repository.head("change");
      const asked = {
        ...request,
        installation: { id },
        pull_request: { ...request.pull_request, number: desk.number, head_sha },
      };
      return runPlan(asked, world.delivery(), { ...world.ports, gitHub: served.gitHub() });
    };
    return { world, desk, plan };
  }

  it("keeps one comment and one check for each head over three pushes", async () => {
    const { desk, plan } = await begin("stated");
    for (const push of [1, 2, 3]) {
      await desk.push({ "a.tf": String(push) });
      expect(await plan()).to.deep.equal({ kind: "done", body: { result: "planned" } });
    }
    expect(desk.comments).to.have.length(1);
    expect(desk.comments[0]?.body).to.include(`acme/infra @ ${desk.headSha}`);
    const [check, ...others] = desk.checkRuns;
    expect(others).to.deep.equal([]);
    expect(check).to.include({ name: "plan", status: "completed", conclusion: "success" });
    expect(check?.detailsUrl).to.match(/#issuecomment-\d+$/);
  });

  for (const limit of ["stated", "measured"] as const) {
    it(`writes long plans and short ones under the ${limit} limit`, async () => {
      const { world, desk, plan } = await begin(limit);
      // Four bytes a character.
      const text = `${"\u{1f600}".repeat(50)}\n`.repeat(2_000);
      world.work = () => Promise.resolve(planned({ text }));
      expect((await plan()).kind).to.equal("done");
      const shown = desk.comments.map(({ body }) => readFences(body).blocks[0]?.text ?? "");
      expect(shown).to.have.length(4);
      expect(shown.join("")).to.equal(text);
      await desk.push({ "a.tf": "2" });
      world.work = () => Promise.resolve(planned());
      expect((await plan()).kind).to.equal("done");
      expect(desk.comments).to.have.length(1);
    });
  }
});
