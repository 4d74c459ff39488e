/** `npm run local -- --repository FOLDER`: a person's own module, from saving a file to reading its plan. */
import { expect } from "chai";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Workplace, type LocalCommand } from "../../support/local-command.ts";
import { ScriptedTofu } from "../../support/scripted-tofu.ts";

interface Told {
  readonly github: string;
}

describe("npm run local, with a folder as a repository", () => {
  let place: Workplace;
  let tofu: ScriptedTofu;
  let root: string;
  let folder: string;

  before(async () => {
    place = new Workplace();
    tofu = await ScriptedTofu.create();
    root = await mkdtemp(join(tmpdir(), "switchyard-repository-"));
    folder = join(root, "infra");
    await mkdir(folder);
    await writeFile(join(folder, "main.tf"), "");
  });
  after(async () => {
    await place.clear();
    await tofu.remove();
    await rm(root, { recursive: true });
  });

  function local(...args: readonly string[]): LocalCommand {
    const all = ["--json", "--port", "0", "--repository", ...args];
    return place.run("local/main.ts", all, { TOFU_BIN: tofu.path, INIT_CWD: root });
  }

  it("plans what is saved, on a comment and at Re-run, and ends with nothing left", async () => {
    const command = local("infra");
    const { github } = (await command.ready()) as unknown as Told;
    await command.line("webhook installation.created");
    const page = `${github}/developer/infra/pull/1`;
    const read = async (url: string): Promise<string> => (await fetch(url)).text();

    await writeFile(join(folder, "plan.txt"), "Plan: 1 to add");
    await writeFile(join(folder, "main.tf"), 'output "a" {}\n');
    await command.line("developer/infra#1 check plan: success");
    expect(await command.line("developer/infra#1 opened")).to.include(page);
    expect(await read(page)).to.match(
      /check plan: success[^]*plan-app-123456\[bot\] wrote:[^]*Plan: 1 to add/,
    );

    await writeFile(join(folder, "plan.txt"), "Plan: 2 to add");
    await command.line("developer/infra#1 is at");
    await command.line("developer/infra#1 check plan: success", 2);
    expect(await read(page))
      .to.include("Plan: 2 to add")
      .and.not.to.include("Plan: 1 to add");

    const api = `${github}/api/v3/repos/developer/infra`;
    const comment = await fetch(`${api}/issues/1/comments`, {
      method: "POST",
      body: JSON.stringify({ body: "/plan" }),
    });
    expect(comment.status).to.equal(201);
    await command.line("developer/infra#1 check plan: success", 3);

    const [, check = ""] = /\/runs\/(\d+)/.exec(await read(page)) ?? [];
    const rerun = await fetch(`${api}/check-runs/${check}/rerequest`, { method: "POST" });
    expect(rerun.status).to.equal(201);
    await command.line("developer/infra#1 check plan: success", 4);

    const { exitCode } = await command.stop("SIGINT");
    expect({ exitCode, errors: command.errors, files: place.files() }).to.deep.equal({
      exitCode: 0,
      errors: [],
      files: [],
    });
  }).timeout(120_000);

  it("refuses what is no folder in one sentence, with nothing left", async () => {
    const command = local("nowhere");
    const { exitCode } = await command.ended;
    expect({
      exitCode,
      lines: command.lines,
      errors: command.errors,
      files: place.files(),
    }).to.deep.equal({
      exitCode: 1,
      lines: [],
      errors: [`${join(root, "nowhere")} is no folder.`],
      files: [],
    });
  });
});
