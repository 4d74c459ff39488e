import { expect } from "chai";
import { TestPlatform } from "../../support/platform.ts";
import { scriptedTools } from "../../support/scripted-tofu.ts";
import { refusals } from "./refusals.ts";
import { stories } from "./stories.ts";
import { planRunnerWith } from "../../support/plan-runner.ts";

describe("plan-runner", () => {
  const { env, upload } = scriptedTools();
  const platform = new TestPlatform({ ...planRunnerWith({ tofu: null }), env });
  before(async () => {
    await platform.start();
    upload(platform.cloud);
  });
  after(() => platform.stop());

  for (const story of stories) {
    it(story.title, async () => {
      const mark = platform.cloud.feed.mark();
      await story.run(platform);
      expect(platform.cloud.feed.deniedSince(mark), "denials").to.deep.equal([]);
    });
  }

  for (const story of refusals) {
    it(story.title, async () => {
      const mark = platform.cloud.feed.mark();
      await story.run(platform);
      expect(platform.cloud.feed.keptSince(mark), "conditions that kept it").to.have.length(1);
    });
  }
});
