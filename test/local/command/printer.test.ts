import { expect } from "chai";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { LogEntry } from "../../../local/log.ts";
import { printer } from "../../../local/command/printer.ts";

const TASK = "552b714e63a10adc7d78c4257aa2b32300960f097e2d0c3f98292e798b9a7e71";

const ATTEMPT: LogEntry = {
  source: "cloudtasks",
  severity: "WARNING",
  message: "queue-brain/552b714e… attempt 1: 502, next try in 0.1 s",
  fields: { queue: "queue-brain", task: TASK, attempt: 1, status: 502, next_try_s: 0.1 },
};

async function printed(entry: LogEntry, { json = false, quiet = false } = {}): Promise<string> {
  const stream = new PassThrough();
  printer({ json, quiet, stream: stream as unknown as NodeJS.WriteStream })(entry);
  stream.end();
  return (await text(stream)).replace(/^\d\d:\d\d:\d\d /, "");
}

describe("the log on a terminal", () => {
  it("repeats nothing that the message says", async () => {
    expect(await printed(ATTEMPT)).to.equal(
      "cloudtasks WARNING queue-brain/552b714e… attempt 1: 502, next try in 0.1 s\n",
    );
  });

  it("shows what else there is: ids whole, names of resources at their ends", async () => {
    const fields = { took_ms: 3, task: `projects/demo/tasks/${TASK}`, missing: { role: "x" } };
    const entry = {
      source: "enqueuer",
      severity: "INFO",
      message: "POST /enqueue",
      fields,
    } as const;
    expect(await printed(entry)).to.equal(
      "enqueuer   POST /enqueue took_ms=3 task=projects…8b9a7e71\n",
    );
  });

  it("keeps the lines of a stack", async () => {
    const fields = { stack_trace: "Error: x\n    at y" };
    const entry = { source: "worker", severity: "ERROR", message: "500", fields } as const;
    expect(await printed(entry)).to.equal("worker     ERROR 500\nError: x\n    at y\n");
  });

  it("is warnings and errors only where it is to be quiet", async () => {
    expect(await printed({ ...ATTEMPT, severity: "NOTICE" }, { quiet: true })).to.equal("");
    expect(await printed(ATTEMPT, { quiet: true })).to.not.equal("");
  });

  it("is one object a line for programs, with every field", async () => {
    const { time, ...rest } = JSON.parse(await printed(ATTEMPT, { json: true })) as {
      time: string;
    };
    expect(Date.parse(time)).to.be.a("number");
    expect(rest).to.deep.equal({ event: "log", ...ATTEMPT });
  });
});
