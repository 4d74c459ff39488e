/**
 * Every role row is needed and sufficient: all stories hold with the declared bindings, and with any one of them taken
 * away a story that used it fails, refused for just that reason. The same of every condition: there is a story of what it
 * refuses, which fails without it.
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
import { REFUSALS, STORIES } from "../systems/stories.ts";
import { GRANTABLE } from "../../local/google/grantable.ts";
import { planRunnerWith } from "../support/plan-runner.ts";

const ROWS = declared(await recorded()).bindings.filter(({ kind }) => kind === "role");
const CONDITIONAL = ROWS.filter(({ condition }) => condition !== undefined);

describe("access", () => {
  const tools = scriptedTools();
  const platform = new TestPlatform({ ...planRunnerWith({ tofu: null }), env: tools.env });
  /** Binding → the stories that used it. */
  const usedBy = new Map<string, Story[]>();
  /** Binding → the stories of what its condition refused. */
  const keptBy = new Map<string, Story[]>();
  let needed = 0;
  let conditions = 0;

  before(async () => {
    await platform.start();
    tools.upload(platform.cloud);
  });
  after(() => platform.stop());
  after(() =>
    console.log(
      `\n  ${ROWS.length} bindings, ${needed} needed; ${CONDITIONAL.length} conditions, ${conditions} needed`,
    ),
  );

  describe("is sufficient for each story", () => {
    for (const story of STORIES) {
      it(story.title, async () => {
        const { feed } = platform.cloud;
        const mark = feed.mark();
        await story.run(platform);
        expect(feed.deniedSince(mark), "denials").to.deep.equal([]);
        for (const { binding } of feed.usedSince(mark)) {
          noteStory(usedBy, binding, story);
        }
      });
    }
  });

  describe("refuses what conditions are for", () => {
    for (const story of REFUSALS) {
      it(story.title, async () => {
        const { feed } = platform.cloud;
        const mark = feed.mark();
        await story.run(platform);
        const kept = feed.keptSince(mark);
        expect(kept, "conditions that refused it").to.have.length.above(0);
        for (const { binding } of kept) noteStory(keptBy, binding, story);
      });
    }
  });

  describe("is needed, each binding of it", () => {
    for (const binding of ROWS) {
      it(rowText(binding), async () => {
        const stories = usedBy.get(bindingKey(binding)) ?? [];
        expect(stories, "stories that use it").to.have.length.above(0);
        const failed = await withBindings(
          (present) => present.filter((each) => bindingKey(each) !== bindingKey(binding)),
          () => someFail(stories, binding),
        );
        expect(failed, "a story that fails without it").to.equal(true);
        needed++;
      });
    }
  });

  describe("is needed, each condition of it", () => {
    for (const binding of CONDITIONAL) {
      it(rowText(binding), async () => {
        const stories = keptBy.get(bindingKey(binding)) ?? [];
        expect(stories, "stories of what it refuses").to.have.length.above(0);
        const { condition, ...widened } = binding;
        expect(condition).not.to.equal(undefined);
        const wider = (each: Binding): Binding =>
          bindingKey(each) === bindingKey(binding) ? widened : each;
        const outcomes = await withBindings(
          (present) => present.map(wider),
          async () => {
            const failed: boolean[] = [];
            for (const story of stories) failed.push(!(await holds(story)));
            return failed;
          },
        );
        expect(outcomes, "a story that fails without it").to.include(true);
        conditions++;
      });
    }
  });

  /** Runs with other bindings than are declared. */
  async function withBindings<T>(
    change: (present: readonly Binding[]) => readonly Binding[],
    run: () => Promise<T>,
  ): Promise<T> {
    const present = platform.cloud.declared();
    await platform.cloud.apply({ ...present, bindings: change(present.bindings) });
    try {
      return await run();
    } finally {
      await platform.cloud.apply(present);
    }
  }

  function holds(story: Story): Promise<boolean> {
    return story.run(platform).then(
      () => true,
      () => false,
    );
  }

  /** Whether one of the stories fails, and every denial on the way is one that the binding would have spared. */
  async function someFail(stories: readonly Story[], binding: Binding): Promise<boolean> {
    const { feed } = platform.cloud;
    const onlyIt = createPolicy([binding], GRANTABLE);
    for (const story of stories) {
      const mark = feed.mark();
      if (await holds(story)) continue;
      const denials = feed.deniedSince(mark);
      expect(denials, "denials").to.have.length.above(0);
      for (const denial of denials)
        expect(evaluate(onlyIt, denial, denial.lastAt).allowed).to.equal(true);
      return true;
    }
    return false;
  }
});

function noteStory(stories: Map<string, Story[]>, binding: Binding, story: Story): void {
  const key = bindingKey(binding);
  stories.set(key, [...(stories.get(key) ?? []), story]);
}

function rowText({ member, role, resource, condition }: Binding): string {
  return `${member} ${role} on ${resource}${condition === undefined ? "" : `, if ${condition.title}`}`;
}
