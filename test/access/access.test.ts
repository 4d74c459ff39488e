/**
 * Every role row is needed and sufficient: all stories hold with the declared bindings, and with any one of them taken
 * away a story that used it fails, refused for just that reason. The same of every condition: there is a story of what it
 * refuses, which fails without it. And of every permission of a role that is the project's own: a story needs it.
 */
import { expect } from "chai";
import { createPolicy, evaluate } from "../../local/iam/evaluate.ts";
import { bindingKey } from "../../local/iam/feed.ts";
import type { Binding } from "../../local/iam/types.ts";
import { declared, type Declared } from "../../local/declared/declared.ts";
import { recorded } from "../support/recorded.ts";
import { TestPlatform } from "../support/platform.ts";
import type { Story } from "../support/story.ts";
import { scriptedTools } from "../support/scripted-tofu.ts";
import { SHORT_RUNS } from "../systems/producer/workspace.ts";
import { REFUSALS, STORIES } from "../systems/stories.ts";
import { GRANTABLE, withRoles } from "../../local/google/grantable.ts";
import { planRunnerWith } from "../support/plan-runner.ts";

const { bindings, customRoles } = declared(await recorded());
const ROWS = bindings.filter(({ kind }) => kind === "role");
const CONDITIONAL = ROWS.filter(({ condition }) => condition !== undefined);

describe("access", () => {
  const tools = scriptedTools();
  const platform = new TestPlatform({
    ...planRunnerWith({ tofu: null }),
    env: { ...tools.env, ...SHORT_RUNS },
  });
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
        const others = platform.cloud
          .declared()
          .bindings.filter((each) => bindingKey(each) !== bindingKey(binding));
        const failed = await withDeclared({ bindings: others }, () => someFail(stories, [binding]));
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
        const change = { bindings: platform.cloud.declared().bindings.map(wider) };
        const failed = await withDeclared(change, async () => {
          for (const story of stories) if (!(await holds(story))) return true;
          return false;
        });
        expect(failed, "a story that fails without it").to.equal(true);
        conditions++;
      });
    }
  });

  describe("is needed, each permission of each custom role", () => {
    for (const [role, permissions] of Object.entries(customRoles)) {
      for (const permission of permissions) {
        it(`${permission} of ${role}`, async () => {
          const granting = ROWS.filter((binding) => binding.role === role);
          const stories = granting.flatMap((binding) => usedBy.get(bindingKey(binding)) ?? []);
          const less = permissions.filter((each) => each !== permission);
          const failed = await withDeclared({ customRoles: { ...customRoles, [role]: less } }, () =>
            someFail([...new Set(stories)], granting),
          );
          expect(failed, "a story that fails without it").to.equal(true);
        });
      }
    }
  });

  /** Runs with something else declared. */
  async function withDeclared<T>(change: Partial<Declared>, run: () => Promise<T>): Promise<T> {
    const present = platform.cloud.declared();
    await platform.cloud.apply({ ...present, ...change });
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

  /** Whether one of the stories fails, and every denial on the way is one that these bindings would have spared. */
  async function someFail(stories: readonly Story[], spared: readonly Binding[]): Promise<boolean> {
    const { feed } = platform.cloud;
    const only = createPolicy(spared, withRoles(GRANTABLE, customRoles));
    for (const story of stories) {
      const mark = feed.mark();
      if (await holds(story)) continue;
      const denials = feed.deniedSince(mark);
      expect(denials, "denials").to.have.length.above(0);
      for (const denial of denials)
        expect(evaluate(only, denial, denial.lastAt).allowed).to.equal(true);
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
