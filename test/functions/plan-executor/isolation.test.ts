import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect } from "chai";
import { isolationOf } from "../../../functions/plan-executor/adapters/isolation.ts";
import { PATH } from "../../../functions/plan-executor/adapters/tofu.ts";
import { needsIsolation } from "../../support/plan-executor/isolation.ts";

/** Runs a script behind it, and says how it ended once its pipe is cut where `isCut`. */
async function ran(command: readonly string[], script: string, isCut: boolean) {
  const [program = "", ...args] = command;
  const child = spawn(program, [...args, "/bin/sh", "-c", script], {
    env: { PATH },
    detached: true,
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (isCut) child.stdio[3]?.destroy();
  });
  child.once("exit", () => child.stdio[3]?.destroy());
  const [code, signal] = (await once(child, "close")) as unknown[];
  return { text, code, signal };
}

describe("isolationOf", () => {
  it("is not whole where processes are seen and unshare is not there", async () => {
    const { command, isWhole } = await isolationOf("/nonexistent");
    expect(isWhole).to.equal(!existsSync("/proc/self/environ"));
    expect(await ran(command, "echo $0; exit 3", false)).to.deep.equal({
      text: "/bin/sh\n",
      code: 3,
      signal: null,
    });
  });

  it("ends what runs when the pipe does, where it is not whole too", async () => {
    for (const path of [PATH, "/nonexistent"]) {
      const { command } = await isolationOf(path);
      const ended = await ran(command, "trap '' INT TERM; echo begun; sleep 60", true);
      expect(ended, path).to.deep.equal({ text: "begun\n", code: null, signal: "SIGKILL" });
    }
  });

  it("hands the guard's pipe on to nobody", async () => {
    for (const path of [PATH, "/nonexistent"]) {
      const { command } = await isolationOf(path);
      const { text } = await ran(command, "(echo x >&3) 2>/dev/null || echo closed", false);
      expect(text, path).to.equal("closed\n");
    }
  });

  describe("where the machine allows it", function () {
    needsIsolation(this);

    it("shows no process but those behind it, and keeps the user", async () => {
      const { command } = await isolationOf(PATH);
      const look = "cd /proc; echo [0-9]*; id -u";
      const { text } = await ran(command, look, false);
      expect(text).to.match(/^1 2(?: \d)?\n\d+\n$/);
      expect(Number(text.split("\n")[1])).to.equal(process.getuid?.());
    });
  });
});
