/** What a pull request gets to read where its plan fails, may not run, or never comes. */
import type { PullRequestDesk } from "../../../outside/github/developer/pull-request.ts";
import { commentText } from "../../../outside/github/pages/comment-text.ts";
import { gitHubOf } from "../attach.ts";
import * as hub from "./hub.ts";
import { ATTEMPTS, inAHurry } from "./hurry.ts";
import type { Stage } from "../../../demo/stage.ts";
import type { Chapter, Expect } from "../../../demo/story.ts";

const WITHOUT_VALUE = 'variable "owner" {\n  type = string\n}\n';
const EXTERNAL = `data "external" "who" {
  program = ["sh", "-c", "env > /tmp/environment"]
}
`;

/** An answer that is final for an hour: what fails for a moment only is tried again at once. */
const LIMITED = {
  status: 403,
  body: { message: "You have exceeded a secondary rate limit." },
  headers: [["retry-after", "3600"]],
} as const;

export function broken(gitHub: hub.Hub): Chapter<Stage> {
  return {
    title: "A broken module",
    why: "A variable without a value comes in: the comment is to hold OpenTofu's own error and what to do about it, and the check is to fail.",
    play: async (stage, expect) => {
      const pull = await planned(gitHub, stage, {
        branch: "broken",
        title: "Say who owns it",
        edits: { "owner.tf": WITHOUT_VALUE },
      });
      expectIn(pull, { error: "No value for required variable", hint: "var_files" }, expect);
      expect("the check", "failure: Failed at tofu plan", hub.endingsOf(pull.pull, pull.headSha));
    },
  };
}

/** Opens a pull request, waits until it is planned, and shows what is said of it. */
async function planned(
  gitHub: hub.Hub,
  stage: Stage,
  opening: hub.Opening,
): Promise<PullRequestDesk> {
  const mark = hub.markOf(stage);
  const pull = await gitHub.open(stage, opening);
  await hub.settled(stage, pull, mark);
  hub.showComments(stage, pull, 30);
  return pull;
}

export function guarded(gitHub: hub.Hub): Chapter<Stage> {
  return {
    title: "A program comes along",
    why: 'A data source "external" would run a program of the pull request\'s author during the plan. It is to be refused before OpenTofu starts, with the place and the setting that would allow it.',
    play: async (stage, expect) => {
      const pull = await planned(gitHub, stage, {
        branch: "external",
        title: "Look who is planning",
        edits: { "who.tf": EXTERNAL },
      });
      const setting = "allow.data_sources: [external] in .plan-runner.yaml";
      expectIn(pull, { place: "who.tf:1: ", rule: 'data source "external"', setting }, expect);
      expect("the check", "failure: Failed at guard", hub.endingsOf(pull.pull, pull.headSha));
      const { tofu_init_ms: init, tofu_plan_ms: plan } =
        stage.journal.entries.findLast(
          ({ source, fields }) => source === "plan-executor" && fields?.sha === pull.headSha,
        )?.fields ?? {};
      expect(
        "time spent in OpenTofu",
        "init 0 ms, plan 0 ms",
        `init ${String(init)} ms, plan ${String(plan)} ms`,
      );
    },
  };
}

export function poisonous(gitHub: hub.Hub): Chapter<Stage> {
  return {
    title: "A poison message",
    why: "GitHub answers 403 and a rate limit to whoever wants the files of one commit, so every attempt is put off. Pub/Sub is to give up in the end and forward the message to plan-dead-letter, and plan-deadletter is to see to it that the pull request is told.",
    play: async (stage, expect) => {
      const { faults } = gitHubOf(stage.cloud);
      const mark = hub.markOf(stage);
      const pull = await inAHurry(stage, async () => {
        const limited = await gitHub.open(
          stage,
          { branch: "poison", title: "Never to be had" },
          (sha) => {
            const path = new RegExp(`/tarball/${sha}`);
            faults.failNext({ path, times: 1000 }, LIMITED);
          },
        );
        await hub.settled(stage, limited, mark);
        return limited;
      });
      hub.showComments(stage, pull, 30);
      const statuses = stage.journal.entries
        .slice(mark)
        .filter(({ source, fields }) => source === "pubsub" && fields?.status !== undefined)
        .map(({ fields }) => `${String(fields?.subscription)} ${String(fields?.status)}`);
      const expected = [...Array<string>(ATTEMPTS).fill("plan-runner 429"), "plan-deadletter 204"];
      expect("deliveries", expected.join(", "), statuses.join(", "));
      expectIn(pull, { words: `Gave up after ${ATTEMPTS} tries` }, expect);
      expect("the check", "failure: Gave up", hub.endingsOf(pull.pull, pull.headSha));
    },
  };
}

/** What the comments must say, by what it is. */
function expectIn(
  { comments }: { readonly comments: readonly { readonly body: string }[] },
  words: Readonly<Record<string, string>>,
  expect: Expect,
): void {
  const text = comments.flatMap(({ body }) => commentText(body)).join("\n");
  for (const [what, expected] of Object.entries(words)) {
    expect(`the comment's ${what}`, expected, text.includes(expected) ? expected : "not there");
  }
}
