/** What the missing of a binding does to a plan. */
import type { Declared } from "../../../declared/declared.ts";
import { sliceOf } from "../../../declared/declared.ts";
import { pubsub } from "../../../google/pubsub/declared.ts";
import { bindingOf, expectDenial } from "../../../demo/access.ts";
import * as hub from "./hub.ts";
import { inAHurry } from "./hurry.ts";
import { shortOf, type Stage } from "../../../demo/stage.ts";
import type { Chapter } from "../../../demo/story.ts";

/** The runner may no longer call the executor. */
export function closedExecutor(declared: Declared, gitHub: hub.Hub): Chapter<Stage> {
  const binding = bindingOf(declared, {
    member: `serviceAccount:${accountOf(declared, "plan-runner")}`,
    role: "roles/run.invoker",
    onto: "/services/plan-executor",
  });
  return {
    title: "The executor is closed",
    why: "plan-runner loses run.invoker on plan-executor: its log is to say what is refused and IAM which row is missing, nothing is to be written on the pull request, and once the row is back the waiting message is to become a plan by itself.",
    play: async (stage, expect) => {
      const [iam, mark] = [stage.cloud.feed.mark(), hub.markOf(stage)];
      const pull = await inAHurry(stage, async () => {
        const waiting = await stage.without(binding, async () => {
          const opened = await gitHub.open(stage, { branch: "closed", title: "Bring it again" });
          await stage.until(() => putOff(stage, mark) !== undefined);
          const said = putOff(stage, mark) ?? "nothing";
          const expected = "plan put off: The executor answered 403";
          expect("the runner's log", expected, said.slice(0, expected.length));
          expectDenial(stage, iam, { permission: "run.routes.invoke", binding }, expect);
          expect("comments", "0", String(opened.comments.length));
          return opened;
        });
        await hub.settled(stage, waiting, mark);
        return waiting;
      });
      hub.showComments(stage, pull, 8);
      const [run] = pull.checkRuns;
      const ended = `${run?.conclusion ?? "no check"}, comments: ${pull.comments.length}`;
      expect("with the row back", "success, comments: 1", ended);
    },
  };
}

/** Nobody but the App may ask for plans. */
export function strangerPublishes(declared: Declared): Chapter<Stage> {
  const [topic] = sliceOf(declared, pubsub).topic.filter(({ name }) =>
    name.endsWith("/topics/plan"),
  );
  if (topic === undefined) throw new Error("the plan has no topic plan");
  return {
    title: "A stranger publishes",
    why: `A message in the topic is as good as a signed webhook, so only plan-app may publish. ${shortOf(declared.developer)} tries to, and is to be refused in Google's words.`,
    play: async (stage, expect) => {
      const mark = stage.cloud.feed.mark();
      const url = `https://pubsub.googleapis.com/v1/${topic.name}:publish`;
      const data = Buffer.from("{}").toString("base64");
      const { status, body } = await stage.askGoogle(url, { messages: [{ data }] });
      const { error } = body as { error?: { status: string } };
      expect("the request", "403 PERMISSION_DENIED", `${status} ${error?.status ?? "published"}`);
      const denials = stage.cloud.feed
        .deniedSince(mark)
        .map(({ permission, resource, missing }) => {
          return `${permission} on ${shortOf(resource)}, which takes ${missing?.role ?? "no role"}`;
        });
      const expected = "pubsub.topics.publish on plan, which takes roles/pubsub.publisher";
      expect("IAM", expected, denials.join("; ") || "nothing was refused");
    },
  };
}

/** Why a message was put off after the mark, in the runner's words. */
function putOff({ journal }: Stage, mark: number): string | undefined {
  return journal.entries
    .slice(mark)
    .find(({ source, message }) => source === "plan-runner" && message.startsWith("plan put off"))
    ?.message;
}

function accountOf({ services }: Declared, role: string): string {
  return services.find((each) => each.role === role)?.serviceAccount ?? "";
}
