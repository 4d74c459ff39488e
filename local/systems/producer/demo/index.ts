/** The producer's story: what becomes of tool calls, and what no trouble on the way can lose or double. */
import type { Stage } from "../../../demo/stage.ts";
import type { Chapter, Expect } from "../../../demo/story.ts";
import type { ToolCalled } from "../../../outside/workflows/people/tool-call.ts";
import { workflowsOf } from "../attach.ts";
import { answersTo, call, cursorOf, start, untilAnswered } from "./calls.ts";

export function chapters(): readonly Chapter<Stage>[] {
  return [bridged, dropped];
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

function contentOf(stage: Stage, called: ToolCalled): string {
  const [answer] = answersTo(stage, called) as readonly { readonly content?: string }[];
  return answer?.content ?? "nothing";
}

async function expectCursor(stage: Stage, last: ToolCalled, expect: Expect): Promise<void> {
  await stage.until(() => cursorOf(stage) === last.eventId);
  expect("the cursor stands at", last.eventId, cursorOf(stage) ?? "no event");
}
