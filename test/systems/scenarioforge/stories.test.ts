import { expect } from "chai";
import { onPlatform } from "../../support/platform.ts";
import { refusals } from "./refusals.ts";
import { stories } from "./stories.ts";

onPlatform("scenarioforge", (p) => {
  for (const { title, run } of stories) {
    it(title, async () => {
      const mark = p.cloud.feed.mark();
      await run(p);
      expect(p.cloud.feed.deniedSince(mark), "denials").to.deep.equal([]);
    });
  }

  for (const { title, run } of refusals) {
    it(title, async () => {
      const mark = p.cloud.feed.mark();
      await run(p);
      expect(p.cloud.feed.keptSince(mark), "conditions that kept it").to.have.length.above(0);
    });
  }
});
