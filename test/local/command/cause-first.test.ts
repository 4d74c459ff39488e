import { expect } from "chai";
import { CauseFirst } from "../../../local/command/cause-first.ts";
import type { LogEntry } from "../../../local/log.ts";

function entry(source: string, message: string): LogEntry {
  return { source, severity: "INFO", message };
}

describe("the order of the log", () => {
  /** What is said, and a way to let the time pass that a role's line may take. */
  function ordered() {
    const said: string[] = [];
    const due: (() => void)[] = [];
    const log = new CauseFirst(
      ({ message }) => said.push(message),
      (action) => due.push(action),
    );
    return { said, log, pass: () => due.shift()?.() };
  }

  it("has what a role says before what became of its answer", () => {
    const { said, log, pass } = ordered();
    log.log(entry("cloudtasks", "attempt 1: 502"));
    log.log(entry("worker", "POST /process 502"));
    pass();
    expect(said).to.deep.equal(["POST /process 502", "attempt 1: 502"]);
  });

  it("keeps the order of what is held back, each as long as the other", () => {
    const { said, log, pass } = ordered();
    for (const source of ["cloudtasks", "pubsub", "github"]) log.log(entry(source, source));
    pass();
    log.log(entry("iam", "refused"));
    expect(said).to.deep.equal(["cloudtasks", "refused"]);
    pass();
    pass();
    expect(said).to.deep.equal(["cloudtasks", "refused", "pubsub", "github"]);
  });

  it("says at the end what is still held back, once", () => {
    const { said, log, pass } = ordered();
    log.log(entry("cloudtasks", "attempt 1: 200"));
    log.flush();
    pass();
    expect(said).to.deep.equal(["attempt 1: 200"]);
  });
});
