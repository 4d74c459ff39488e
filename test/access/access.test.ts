/**
 * Every role row is needed and sufficient: all stories hold with the declared bindings, and with any one of them taken
 * away a story that used it fails, refused for just that reason.
 */
import { expect } from "chai";
import { createPolicy, evaluate } from "../../local/iam/evaluate.ts";
import { bindingKey } from "../../local/iam/feed.ts";
import type { Binding } from "../../local/iam/types.ts";
import { declared } from "../../local/declared/declared.ts";
import { recorded } from "../support/recorded.ts";
import { TestPlatform } from "../support/platform.ts";
import type { Story } from "../support/story.ts";
import { scriptedTools } from "../support/scripted-tofu.ts";
import { STORIES } from "../systems/stories.ts";
import { GRANTABLE } from "../../local/google/grantable.ts";
import { planRunnerWith } from "../support/plan-runner.ts";

const ROWS = declared(await recorded()).bindings.filter(({ kind }) => kind === "role");

describe("access", () => {
  const tools = scriptedTools();
  const platform = new TestPlatform({ ...planRunnerWith({ tofu: null }), env: tools.env });
  /** Binding → the stories that used it. */
  const usedBy = new Map<string, Story[]>();
  let needed = 0;

  before(async () => {
    await platform.start();
    tools.upload(platform.cloud);
  });
  after(() => platform.stop());
  after(() => console.log(`\n  ${ROWS.length} bindings, ${needed} needed`));

  describe("is sufficient for each story", () => {
    for (const story of STORIES) {
      it(story.title, async () => {
        const { feed } = platform.cloud;
        const mark = feed.mark();
        await story.run(platform);
        expect(feed.deniedSince(mark), "denials").to.deep.equal([]);
        for (const { binding } of feed.usedSince(mark)) {
          const key = bindingKey(binding);
          usedBy.set(key, [...(usedBy.get(key) ?? []), story]);
        }
      });
    }
  });

  describe("is needed, each binding of it", () => {
    for (const binding of ROWS) {
      it(`${binding.member} ${binding.role} on ${binding.resource}`, async () => {
        const stories = usedBy.get(bindingKey(binding)) ?? [];
        expect(stories, "stories that use it").to.have.length.above(0);
        const present = platform.cloud.declared();
        const without = present.bindings.filter((each) => bindingKey(each) !== bindingKey(binding));
        await platform.cloud.apply({ ...present, bindings: without });
        try {
          expect(await someFail(stories, binding), "a story that fails without it").to.equal(true);
        } finally {
          await platform.cloud.apply(present);
        }
        needed++;
      });
    }
  });

  /** Whether one of the stories fails, and every denial on the way is one that the binding would have spared. */
  async function someFail(stories: readonly Story[], binding: Binding): Promise<boolean> {
    const { feed } = platform.cloud;
    const onlyIt = createPolicy([binding], GRANTABLE);
    for (const story of stories) {
      const mark = feed.mark();
      const holds = await story.run(platform).then(
        () => true,
        () => false,
      );
      if (holds) continue;
      const denials = feed.deniedSince(mark);
      expect(denials, "denials").to.have.length.above(0);
      for (const denial of denials)
        expect(evaluate(onlyIt, denial, denial.lastAt).allowed).to.equal(true);
      return true;
    }
    return false;
  }
});
