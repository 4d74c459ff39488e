import { expect } from "chai";
import type { CommentLimit } from "../../../local/outside/github/options.ts";
import type { PullRequestDesk } from "../../../local/outside/github/developer/pull-request.ts";
import { readFences } from "../../functions/plan-runner/comment-reader.ts";
import { TestPlatform } from "../../support/platform.ts";
import { instancesOf, needsProc, peakMemory } from "../../support/role-instances.ts";
import { scriptedTools } from "../../support/scripted-tofu.ts";
import { largePlan, longText, SECRET } from "./large-plan.ts";
import { checksOf, installed, opened, planned } from "./pull-requests.ts";
import { planRunnerWith } from "../../support/plan-runner.ts";

/** As plan-runner has it, which is within both limits of GitHub (`CommentLimit` has their sources). */
const MAX_CHARACTERS = 60_000;
const MAX_BYTES = 262_144;
/** Of a role's process, the OpenTofu that it starts apart. */
const MAX_MEMORY = 300_000_000;

const tools = scriptedTools();

for (const commentLimit of ["stated", "measured"] as const satisfies CommentLimit[]) {
  describe(`plan-runner, with large plans and the ${commentLimit} limit of comments`, function () {
    needsProc(this);
    this.timeout(120_000);
    const platform = new TestPlatform({
      env: tools.env,
      ...planRunnerWith({ tofu: null, commentLimit }),
    });

    before(async () => {
      await platform.start();
      tools.upload(platform.cloud);
    });

    after(() => platform.stop());

    it("shows beginning and end of 5 MB, and keeps the whole", async () => {
      const { text, files } = largePlan();
      const pull = await opened(platform, await installed(platform), files);
      expect(checksOf(pull)).to.deep.equal({ plan: "success" });
      const [body = "", ...others] = bodiesOf(pull);
      expect(others).to.deep.equal([]);
      expect(body).to.include("**Plan: 2000 to add**");
      const { blocks } = readFences(body);
      expect(blocks.map(({ language }) => language)).to.deep.equal(["diff"]);
      const [head = "", tail = ""] = (blocks[0]?.text ?? "").split("\n… left out here …\n");
      expect(head.split("\n")[0]).to.equal(text.split("\n")[0]);
      expect(tail.trimEnd().split("\n").at(-1)).to.equal(text.trimEnd().split("\n").at(-1));
      const [, link = ""] = /\]\((https:\/\/storage\.cloud\.google\.com\/\S+)\)/.exec(body) ?? [];
      const { status, body: whole } = await platform.as("developer", link);
      expect(status).to.equal(200);
      expect(whole === text.replace(SECRET, "(sensitive value)")).to.equal(true);
    });

    it("shows a plan of several comments in their order, and takes them back", async () => {
      const text = longText(200_000);
      const pull = await opened(platform, await installed(platform), planned(text));
      const bodies = bodiesOf(pull);
      expect(bodies).to.have.lengthOf(4);
      for (const [index, body] of bodies.entries()) {
        expect(body).to.include(`part ${index + 1} of 4`);
      }
      const blocks = bodies.map((body) => readFences(body).blocks);
      expect(blocks.map((each) => each.length)).to.deep.equal([1, 1, 1, 1]);
      const shown = blocks.flat().map((block) => block.text);
      expect(shown.join("") === text).to.equal(true);
      await pull.push(planned("No changes."));
      await platform.settle();
      expect(bodiesOf(pull)).to.have.lengthOf(1);
    });

    it("takes no more than 300 MB for that, OpenTofu apart", async () => {
      for (const role of ["plan-app", "plan-runner", "plan-executor"]) {
        const peaks = await Promise.all((await instancesOf(role)).map(peakMemory));
        console.log(
          "      peak of",
          role,
          peaks.map((peak) => Math.round(peak / 1e6)).join(),
          "MB",
        );
        expect(Math.max(...peaks), role).to.be.within(1, MAX_MEMORY);
      }
    });
  });
}

/** What GitHub would refuse is no body. */
function bodiesOf(pull: PullRequestDesk): string[] {
  const bodies = pull.comments.map(({ body }) => body);
  for (const body of bodies) {
    expect(body.length).to.be.at.most(MAX_CHARACTERS);
    expect(Buffer.byteLength(body)).to.be.at.most(MAX_BYTES);
  }
  return bodies;
}
