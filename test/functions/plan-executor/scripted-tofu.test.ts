import { chmod, mkdtemp, readFile, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ARCHIVE, Executor, HEAD } from "../../support/plan-executor/executor.ts";
import { scriptTofu } from "../../support/plan-executor/scripted-tofu.ts";
import { runningIn } from "../../support/processes.ts";
import { idToken } from "../../support/runtime-tokens.ts";
import type { TofuScript } from "../../support/plan-executor/scripted-tofu.ts";

describe("plan-executor with a scripted OpenTofu", () => {
  let folder: string;
  let temporary: string;
  let bin: string;
  let executor: Executor;

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), "scripted-tofu-")));
    temporary = await realpath(await mkdtemp(path.join(tmpdir(), "executor-")));
    bin = path.join(folder, "tofu");
    executor = await Executor.start({
      TOFU_BIN: bin,
      TMPDIR: temporary,
      PARENT_SECRET: "the-parents-own-secret",
      PLAN_ENVIRONMENT: '{"TF_VAR_region":"europe","HOME":"/root"}',
      PLAN_SECONDS: "20",
      KILL_SECONDS: "0.3",
    });
  });

  after(async () => {
    await executor.stop();
    await rm(folder, { recursive: true, force: true });
    await rm(temporary, { recursive: true, force: true });
  });

  beforeEach(() => executor.serve({ "main.tf": "" }));

  const script = (of: TofuScript): Promise<string> => scriptTofu(bin, of);
  const left = (): Promise<string[]> => readdir(temporary);

  /** Waits for what a script writes. */
  async function content(file: string): Promise<string> {
    for (;;) {
      const text = await readFile(path.join(folder, file), "utf8").catch(() => "");
      if (text.endsWith("\n")) return text;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function logged(text: string): Promise<void> {
    while (!executor.role.lines.some((line) => line.includes(text))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Resolves with the id of the process that runs this command for a plan, as soon as it does. */
  async function runs(command: string): Promise<number> {
    for (;;) {
      const found = runningIn(temporary).find((each) => each.command === command);
      if (found !== undefined) return found.pid;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it("gives it the environment that is configured, and no more", async () => {
    await script({ show: "env" });
    const { body } = await executor.plan({ workspace: "blue" });
    if (body.outcome !== "planned") throw new Error(body.outcome);
    const variables = body.text
      .replaceAll(/\/[^\n]*switchyard-plan-[^/\n]*/g, "PLACE")
      .split("\n")
      .filter((line) => !/^(?:_|PWD|SHLVL|OLDPWD)?(?:=|$)/.test(line))
      .sort();
    expect(variables).to.deep.equal([
      "CHECKPOINT_DISABLE=1",
      "HOME=PLACE/home",
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "TF_CLI_CONFIG_FILE=PLACE/plan.tofurc",
      "TF_DATA_DIR=PLACE/data",
      "TF_INPUT=0",
      "TF_IN_AUTOMATION=1",
      "TF_VAR_region=europe",
      "TF_WORKSPACE=blue",
      "TMPDIR=PLACE/tmp",
    ]);
  });

  it("finds the archive's name nowhere that it could look", async () => {
    const places = '"$HOME/.." /proc/[0-9]*/environ /proc/[0-9]*/cmdline';
    await script({ show: `grep -r -a -l -e '${ARCHIVE}' ${places} 2>/dev/null; echo searched` });
    const { body } = await executor.plan();
    expect(body).to.include({ outcome: "planned", text: "searched\n" });
  });

  it("asks it to stop when the time is over, and makes it stop later", async () => {
    await script({
      plan: `trap 'echo interrupted > ${folder}/trap' INT; while :; do sleep 0.05; done`,
    });
    const { status, body } = await executor.plan({}, { budgetMs: 700 });
    expect(status).to.equal(200);
    expect(body).to.include({ outcome: "failed", step: "timeout" });
    expect(await content("trap")).to.equal("interrupted\n");
    expect(runningIn(temporary)).to.deep.equal([]);
    expect(await left()).to.deep.equal([]);
  });

  it("stops all of it when whoever asked goes away", async () => {
    await script({ plan: "setsid sleep 61 & exec sleep 60" });
    const controller = new AbortController();
    const answer = executor
      .plan({}, { signal: controller.signal })
      .catch((error: unknown) => error);
    await Promise.all([runs("sleep 61"), runs("sleep 60")]);
    controller.abort();
    await answer;
    // The one that left the group is ended with the place; then the log says who went.
    await logged("the client went away");
    expect(runningIn(temporary)).to.deep.equal([]);
    expect(await left()).to.deep.equal([]);
  });

  it("reports a kill that was not its own", async () => {
    await script({ plan: "kill -KILL $$" });
    const { body } = await executor.plan();
    expect(body).to.include({ outcome: "failed", step: "tofu plan" });
    expect(body).to.have.property("hint").that.includes("planMemory");
  });

  it("does not wait for a descendant that holds on to its output", async () => {
    await script({ init: "setsid sleep 60 &" });
    expect((await executor.plan()).body).to.include({ outcome: "planned" });
    expect(runningIn(temporary)).to.deep.equal([]);
  });

  it("ends with the role, however that ended, and leaves the next one nothing to plan beside", async () => {
    const own = await realpath(await mkdtemp(path.join(tmpdir(), "executor-")));
    const variables = { TOFU_BIN: bin, TMPDIR: own, KILL_SECONDS: "20" };
    await script({ plan: "trap '' INT TERM; sleep 61 & sleep 60" });
    const first = await Executor.start(variables);
    first.serve({ "main.tf": "" });
    const answer = first.plan().catch((error: unknown) => error);
    while (runningIn(own).filter(({ command }) => command.startsWith("sleep 6")).length < 2) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const began = performance.now();
    await first.stop();
    await answer;
    while (runningIn(own).length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(performance.now() - began).to.be.below(2_000);
    expect(await readdir(own)).to.have.length(1);
    await script({});
    const second = await Executor.start(variables);
    second.serve({ "main.tf": "" });
    expect((await second.plan()).body).to.include({ outcome: "planned" });
    expect(await readdir(own)).to.deep.equal([]);
    await second.stop();
    await rm(own, { recursive: true, force: true });
  });

  it("writes one line to the log, with times and without a word of the plan", async () => {
    await script({ show: "echo words of the plan" });
    executor.role.lines.length = 0;
    await executor.plan();
    await logged("POST /plan");
    const [entry, ...others] = executor.role.entries;
    expect(others).to.deep.equal([]);
    expect(entry).to.include({
      severity: "INFO",
      message: "POST /plan 200",
      repo: "o/r",
      pr: 7,
      sha: HEAD,
      plan_id: "pr-7-0123456",
      outcome: "planned",
    });
    expect(entry).to.include.keys(
      "git_fetch_ms",
      "git_checkout_ms",
      "tofu_init_ms",
      "tofu_plan_ms",
      "tofu_show_ms",
    );
    expect(executor.role.lines.join("\n")).not.to.include("words of the plan");
  });

  it("answers 503 for an archive that breaks off or is not there, and leaves nothing behind", async () => {
    await script({});
    const answer = async (): Promise<unknown> => {
      const { status, body, text } = await executor.plan();
      expect(text).not.to.include(ARCHIVE);
      return [status, (body as { error?: { code?: string } }).error?.code];
    };
    executor.archives.trouble = { breaksAfter: 20 };
    expect(await answer()).to.deep.equal([503, "archive_unavailable"]);
    executor.archives.reset();
    expect(await answer()).to.deep.equal([503, "archive_unavailable"]);
    expect(await left()).to.deep.equal([]);
  });

  it("answers 503 where its program cannot be started, and names it", async () => {
    const say = (code: string): string =>
      `OpenTofu could not be started (${code}): TOFU_BIN, or the archive of tofuVersion, holds no program for this machine.`;
    const answer = async (): Promise<unknown> => {
      const { status, body } = await executor.plan();
      return [status, (body as { error?: { message?: string } }).error?.message];
    };
    await script({});
    await chmod(bin, 0o600);
    expect(await answer()).to.deep.equal([503, say("EACCES")]);
    await rm(bin);
    expect(await answer()).to.deep.equal([503, say("ENOENT")]);
    expect(await left()).to.deep.equal([]);
  });

  it("answers callers that it does not know with 401, and what is no plan with 422", async () => {
    const post = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${executor.role.url}/plan`, { method: "POST", body: "{}", headers });
    expect((await post({ "content-type": "application/json" })).status).to.equal(401);
    const token = (await idToken()).replace(/[^.]*$/, "SIGNATURE_REMOVED_BY_GOOGLE");
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    expect((await post(headers)).status).to.equal(422);
  });
});
