/** The producer's story: what becomes of tool calls, and what no trouble on the way can lose or double. */
import type { Stage } from "../../../demo/stage.ts";
import type { Chapter, Expect } from "../../../demo/story.ts";
import type { ToolCalled } from "../../../outside/workflows/people/tool-call.ts";
import { workflowsOf } from "../attach.ts";
import { answersTo, call, control, cursorOf, start, untilAnswered } from "./calls.ts";
import { neighbour } from "./neighbour.ts";

export function chapters(): readonly Chapter<Stage>[] {
  return [bridged, dropped, poisoned, killed, neighbour];
}

const bridged: Chapter<Stage> = {
  title: "A stream, bridged",
  why: "A workflow wants a file written and read: its events are to reach the consumer one by one, the results their own callbacks, and the cursor is to follow.",
  play: async (stage, expect) => {
    const write = call(stage, "UPDATE_FILE", { filepath: "notes.txt", content: "hello" });
    expect("POST /producer/start", "202", String(await start(stage)));
    await untilAnswered(stage, [write]);
    const read = call(stage, "READ_FILE", { filepath: "notes.txt" });
    await untilAnswered(stage, [read]);
    expect("the file's content, as the workflow gets it", "hello", contentOf(stage, read));
    await expectCursor(stage, read, expect);
  },
};

const dropped: Chapter<Stage> = {
  title: "A connection that breaks",
  why: "The stream breaks in the middle of one event and sends another one twice: each tool is to run once, and no result is to be lost or to reach a stranger's callback.",
  play: async (stage, expect) => {
    const { faults } = workflowsOf(stage.cloud);
    faults.order({ fault: "drop" });
    const lines = ["one", "two", "three"];
    const calls = lines.map((line) =>
      call(stage, "UPDATE_FILE", { filepath: "log.txt", content: `${line}\n`, append: true }),
    );
    faults.order({ fault: "duplicate" });
    await untilAnswered(stage, calls);
    const read = call(stage, "READ_FILE", { filepath: "log.txt" });
    await untilAnswered(stage, [read]);
    expect("the file", lines.join(" "), contentOf(stage, read).trim().replaceAll("\n", " "));
    const answers = calls.map((each) => answersTo(stage, each).length);
    expect("results per callback", "1, 1, 1", answers.join(", "));
    await expectCursor(stage, read, expect);
  },
};

const poisoned: Chapter<Stage> = {
  title: "An event that cannot be done",
  why: "The workflows service refuses the result of one event for good (413). Its workflow is to be told so instead of waiting for ever, the event to be kept, and those behind it to go on; then it is sent again.",
  play: async (stage, expect) => {
    workflowsOf(stage.cloud).faults.order({ fault: "fail", of: "callback", status: 413 });
    const poison = call(stage, "UPDATE_FILE", { filepath: "big.txt", content: "big" });
    const next = call(stage, "READ_FILE", { filepath: "notes.txt" });
    await untilAnswered(stage, [poison, next]);
    const given = "The tool was given up: The callback could not be delivered.";
    expect("its workflow is told", given, errorOf(stage, poison));
    expect("the event behind it", "hello", contentOf(stage, next));
    const { body } = await control(stage, "dead-letters");
    const { dead_letters: letters = [] } = body as { dead_letters?: { event_id: string }[] };
    const ids = letters.map(({ event_id: id }) => id).join(", ");
    expect("dead letters", poison.eventId, ids || "none");
    await control(stage, "dead-letters/resend", { eventIds: [poison.eventId] });
    await stage.until(() => answersTo(stage, poison).length === 2);
    const answer = JSON.stringify(answersTo(stage, poison)[1] ?? "nothing");
    const wanted = JSON.stringify({ filepath: "big.txt", bytesWritten: 3, append: false });
    expect("sent again, its result", wanted, answer);
  },
};

const SLOW_MS = 60_000;

const killed: Chapter<Stage> = {
  title: "A bridge that is killed",
  why: "The bridge dies without a word between a tool and its callback, and leaves its lock behind. Cloud Tasks is to deliver the run again, which goes on by itself once that lease is over; whoever will not wait takes the lock away, and a successor is to go on behind the cursor at once.",
  play: async (stage, expect) => {
    const { faults, records } = workflowsOf(stage.cloud);
    faults.order({ fault: "slow", of: "callback", ms: SLOW_MS });
    const calls = ["one", "two"].map((content) =>
      call(stage, "UPDATE_FILE", { filepath: `${content}.txt`, content }),
    );
    await stage.until(() => !faults.ordered.some(({ fault }) => fault === "slow"));
    const before = cursorOf(stage);
    await stage.cloud.kill("producer");
    stage.say("Killed: producer, with one event in flight and another waiting.");
    const { body } = await control(stage, "status");
    const [status] = (body as { workspaces?: { lock?: { locked: boolean } }[] }).workspaces ?? [];
    expect("its lock", "still held", status?.lock?.locked === true ? "still held" : "free");
    expect("the cursor", before ?? "none", cursorOf(stage) ?? "none");
    await control(stage, "stop", { force: true });
    await start(stage);
    await untilAnswered(stage, calls);
    const answers = calls.map((each) => answersTo(stage, each).length);
    expect("results per callback", "1, 1", answers.join(", "));
    await expectCursor(stage, calls.at(-1), expect);
    const moves = records.cursors.all.map(({ eventId }) => eventId);
    const isForwards = moves.every((id, index) => index === 0 || id >= (moves[index - 1] ?? ""));
    expect("the cursor moved", "forwards only", isForwards ? "forwards only" : "back too");
  },
};

function errorOf(stage: Stage, called: ToolCalled): string {
  const [answer] = answersTo(stage, called) as readonly { readonly error?: string }[];
  return answer?.error ?? "nothing";
}

function contentOf(stage: Stage, called: ToolCalled): string {
  const [answer] = answersTo(stage, called) as readonly { readonly content?: string }[];
  return answer?.content ?? "nothing";
}

async function expectCursor(
  stage: Stage,
  last: ToolCalled | undefined,
  expect: Expect,
): Promise<void> {
  await stage.until(() => cursorOf(stage) === last?.eventId);
  expect("the cursor stands at", last?.eventId ?? "an event", cursorOf(stage) ?? "no event");
}
