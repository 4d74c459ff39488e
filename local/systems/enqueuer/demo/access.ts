/** What the missing of a binding does to a task. */
import type { Declared } from "../../../declared/declared.ts";
import { bindingOf, expectDenial } from "../../../demo/access.ts";
import { serviceOf } from "../workers.ts";
import * as tasks from "./tasks.ts";
import { shortOf, type Stage } from "../../../demo/stage.ts";
import type { Chapter } from "../../../demo/story.ts";

/** The dispatcher may no longer call one worker. */
export function invokerTakenAway(declared: Declared, worker: string): Chapter<Stage> {
  const { dispatcher } = accountsOf(declared);
  const wanted = {
    member: `serviceAccount:${dispatcher}`,
    role: "roles/run.invoker",
    onto: `/services/${serviceOf(worker, declared)}`,
  };
  return {
    title: "A worker is closed",
    why: `${shortOf(dispatcher)} loses run.invoker on ${worker}: the delivery is to be refused with the row that is missing, and once the row is back the waiting task is to succeed by itself.`,
    play: async (stage, expect) => {
      const binding = bindingOf(declared, wanted);
      const mark = stage.cloud.feed.mark();
      const task = await stage.without(binding, async () => {
        const closed = await tasks.enqueue(stage, { service: worker, payload: { n: 4 } });
        await stage.until(() => tasks.attemptsOf(stage.journal, closed).length > 0);
        expect("the first attempt", "403", firstOf(stage, closed));
        expectDenial(stage, mark, { permission: "run.routes.invoke", binding }, expect);
        return closed;
      });
      await tasks.untilDone(stage, task);
      const attempts = tasks.attemptsOf(stage.journal, task);
      const refused = attempts.slice(0, -1);
      expect(
        "with the row back",
        "403 until then, 200, work done once",
        tasks.deliveryOf(stage.journal, task),
        refused.length > 0 &&
          refused.every(({ status }) => status === "403") &&
          attempts.at(-1)?.status === "200" &&
          tasks.timesDone(stage.journal, task) === 1,
      );
    },
  };
}

/** The enqueuer may no longer create tasks that carry the dispatcher's token. */
export function actAsTakenAway(declared: Declared, worker: string): Chapter<Stage> {
  const { api, dispatcher } = accountsOf(declared);
  const wanted = {
    member: `serviceAccount:${api}`,
    role: "roles/iam.serviceAccountUser",
    onto: `/serviceAccounts/${dispatcher}`,
  };
  return {
    title: "actAs is gone",
    why: `${shortOf(api)} loses serviceAccountUser on ${shortOf(dispatcher)}: its request is to be refused with Google's sentence and the missing row, and to be taken once the row is back.`,
    play: async (stage, expect) => {
      const binding = bindingOf(declared, wanted);
      const permission = "iam.serviceAccounts.actAs";
      const body = { service: worker, payload: { n: 5 }, idempotency_key: "CASE-002" };
      const mark = stage.cloud.feed.mark();
      await stage.without(binding, async () => {
        const { status, body: answer } = await tasks.ask(stage, body);
        const { code = "without a code", message = "" } =
          (answer as { error?: Refusal }).error ?? {};
        const sentence = `lacks IAM permission "${permission}" for the resource "${dispatcher}"`;
        expect(
          "the request",
          "403 permission_denied, Google's sentence, the row",
          [
            `${status} ${code}`,
            message.includes(sentence) ? "Google's sentence" : "no sentence of Google's",
            message.includes(`${api} needs ${binding.role}`) ? "the row" : "no row",
          ].join(", "),
        );
        expectDenial(stage, mark, { permission, binding }, expect);
      });
      const task = await tasks.enqueue(stage, body);
      await tasks.untilDone(stage, task);
      expect("with the row back", "200, work done once", tasks.deliveryOf(stage.journal, task));
    },
  };
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}

function firstOf(stage: Stage, task: tasks.Enqueued): string {
  return tasks.attemptsOf(stage.journal, task)[0]?.status ?? "no attempt";
}

/** E-mail addresses of the account that creates tasks and of the one that calls workers. */
function accountsOf(declared: Declared): { readonly api: string; readonly dispatcher: string } {
  const spec = declared.services.find(({ role }) => role === "enqueuer");
  return { api: spec?.serviceAccount ?? "", dispatcher: spec?.env.CALLER_SA ?? "" };
}
