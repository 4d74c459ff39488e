/** The enqueuer's story: what happens to a task, then what happens where a binding is missing. */
import type { Declared } from "../../../declared/declared.ts";
import { workersOf } from "../workers.ts";
import { actAsTakenAway, invokerTakenAway } from "./access.ts";
import * as tasks from "./tasks.ts";
import type { Stage } from "../../../demo/stage.ts";
import type { Chapter } from "../../../demo/story.ts";

const HELD_SECONDS = 3;
/** How long a second delivery, which should not come, is waited for. */
const SECOND_DELIVERY_SECONDS = 1;
/** Cloud Tasks goes by the wall clock, the journal by one that is never set. */
const CLOCKS_DIFFER_SECONDS = 0.01;

export function chapters(declared: Declared): readonly Chapter<Stage>[] {
  const workers = workersOf(declared);
  const [first] = workers;
  if (first === undefined) throw new Error("The stack has no workers to tell of.");
  const second = workers[1] ?? first;
  const third = workers[2] ?? first;
  return [
    everyWorker(workers),
    scheduled(third),
    duplicate(first),
    failing(second),
    invokerTakenAway(declared, second),
    actAsTakenAway(declared, first),
  ];
}

function everyWorker(workers: readonly string[]): Chapter<Stage> {
  return {
    title: "Workers get a task",
    why: `One request each puts a task into the queue of ${workers.join(", ")}, and Cloud Tasks delivers it with a signed token: whoever asks need not wait for the work, nor be able to call the worker.`,
    play: async (stage, expect) => {
      for (const service of workers) {
        const task = await tasks.enqueue(stage, { service, payload: { n: 1 } });
        await tasks.untilDone(stage, task);
        expect(service, "200, work done once", tasks.deliveryOf(stage.journal, task));
      }
    },
  };
}

function scheduled(service: string): Chapter<Stage> {
  return {
    title: "One is for later",
    why: `A task for ${service} is to be held for ${HELD_SECONDS} s and then delivered, so that nobody needs a timer of their own.`,
    play: async (stage, expect) => {
      const body = { service, payload: { n: 2 }, schedule_in_s: HELD_SECONDS };
      const task = await tasks.enqueue(stage, body);
      await tasks.untilDone(stage, task);
      const [attempt] = tasks.attemptsOf(stage.journal, task);
      const heldSeconds = attempt === undefined ? 0 : (attempt.at - task.askedAt) / 1000;
      expect(
        "held",
        `at least ${HELD_SECONDS} s`,
        attempt === undefined ? "no attempt" : `${heldSeconds.toFixed(2)} s`,
        heldSeconds + CLOCKS_DIFFER_SECONDS >= HELD_SECONDS,
      );
      expect("then", "200, work done once", tasks.deliveryOf(stage.journal, task));
    },
  };
}

function duplicate(service: string): Chapter<Stage> {
  return {
    title: "One comes twice",
    why: `The same idempotency_key is sent to ${service} twice; the second request is to be answered 409 with the task of the first, so that whoever is unsure may simply ask again.`,
    play: async (stage, expect) => {
      const body = { service, payload: { n: 3 }, idempotency_key: "CASE-001" };
      const task = await tasks.enqueue(stage, body);
      await tasks.untilDone(stage, task);
      const again = await tasks.ask(stage, body);
      const { error, task: named } = again.body as { error?: { code: string }; task?: string };
      const which = named === task.task ? "the same task" : (named ?? "no task");
      expect(
        "the second request",
        "409 duplicate, the same task",
        `${again.status} ${error?.code ?? "without a code"}, ${which}`,
      );
      const isAgain = (): boolean => tasks.attemptsOf(stage.journal, task).length > 1;
      await stage.until(isAgain, SECOND_DELIVERY_SECONDS);
      expect("in all", "200, work done once", tasks.deliveryOf(stage.journal, task));
    },
  };
}

function failing(service: string): Chapter<Stage> {
  return {
    title: "One fails twice",
    why: `The payload tells ${service} to fail two attempts; Cloud Tasks is to try again by itself, waiting longer each time, so that a fault that passes loses nothing and is not hammered.`,
    play: async (stage, expect) => {
      const payload = { simulate: { fail_times: 2 } };
      const task = await tasks.enqueue(stage, { service, payload });
      await tasks.untilDone(stage, task);
      const delivery = tasks.deliveryOf(stage.journal, task);
      expect("attempts", "502, 502, 200, work done once", delivery);
      const attempts = tasks.attemptsOf(stage.journal, task);
      const waits = attempts.flatMap(({ nextTrySeconds, at }, index) => {
        const next = attempts[index + 1];
        if (nextTrySeconds === undefined || next === undefined) return [];
        return [{ announced: nextTrySeconds, kept: (next.at - at) / 1000 }];
      });
      expect(
        "waits",
        "2 waits, the second longer, each kept",
        waits.map(({ announced, kept }) => `${announced} s (${kept.toFixed(2)} s)`).join(", ") ||
          "no wait",
        waits.length === 2 &&
          waits.every(({ announced, kept }) => kept + CLOCKS_DIFFER_SECONDS >= announced) &&
          (waits[1]?.announced ?? 0) > (waits[0]?.announced ?? 0),
      );
    },
  };
}
