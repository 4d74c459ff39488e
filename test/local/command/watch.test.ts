import { expect } from "chai";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProjectTree } from "../../support/engine/project-tree.ts";
import { stillRunning, Workplace, type LocalCommand } from "../../support/local-command.ts";

interface Logged {
  readonly severity: string;
  readonly message: string;
}

describe("npm run local, when a file is saved", () => {
  let tree: ProjectTree;
  let place: Workplace;
  let command: LocalCommand;
  let url: string;

  before(async () => {
    tree = await ProjectTree.copy();
    place = new Workplace(tree.root);
    command = place.local("--json", "--port", "0");
    url = (await command.ready()).entry_points[0]?.url ?? "";
  });
  after(async () => {
    await place.clear();
    await tree.remove();
  });

  /** The entry that the change of a file leads to, its time taken out. */
  async function saved(file: string, change: (text: string) => string): Promise<Logged> {
    const text = `${file} changed`;
    const before = command.lines.filter((line) => line.includes(text)).length;
    await tree.edit(file, change);
    const { severity, message } = JSON.parse(await command.line(text, before + 1)) as Logged;
    return { severity, message: message.replace(/ \(\d+\.\d s\)(?=:?$)/m, "") };
  }

  async function health(): Promise<number> {
    return (await fetch(`${url}/health`)).status;
  }

  it("restarts the one role that the file belongs to, with the new code", async () => {
    await fetch(`${url}/enqueue`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ service: "brain", payload: {} }),
    });
    await command.line("brain: cold start took");
    const before = command.roles();
    const edited = `console.log('{"message":"the edited one"}');\n`;
    expect(await saved("functions/enqueuer/index.ts", (text) => edited + text)).to.deep.equal({
      severity: "NOTICE",
      message: "functions/enqueuer/index.ts changed: function enqueuer changed",
    });
    expect(await health()).to.equal(200);
    await command.line("the edited one");
    // Each instance is the framework, its guard, and what the guard waits with.
    expect(stillRunning(before)).to.have.length(before.length / 2);
  });

  it("restarts nothing for a comment", async () => {
    const comment = "// A word more.\n";
    expect(await saved("functions/worker/process.ts", (text) => comment + text)).to.deep.equal({
      severity: "NOTICE",
      message: "functions/worker/process.ts changed: nothing follows from it",
    });
  });

  it("prints what is wrong with the stack's config and goes on, then applies what is right", async () => {
    const wrong = await saved("Pulumi.dev.yaml", (text) =>
      text.replace("region: us-central1", "region: Iowa"),
    );
    expect(wrong.severity).to.equal("ERROR");
    expect(wrong.message).to.match(
      /^Pulumi\.dev\.yaml changed, but the platform stays as it was\. The stack's config has problems:\n {2}- Pulumi\.dev\.yaml:4: switchyard:region/,
    );
    expect(await health()).to.equal(200);

    const right = await saved("Pulumi.dev.yaml", (text) =>
      text
        .replace("region: Iowa", "region: us-central1")
        .replace(
          "switchyard:enqueuerCallers:\n",
          "switchyard:enqueuerCallers:\n    - user:other@example.com\n",
        ),
    );
    expect(right).to.deep.equal({
      severity: "NOTICE",
      message:
        "Pulumi.dev.yaml changed: access added: user:other@example.com run.invoker on service enqueuer",
    });
  });

  it("says on lines of their own what more changes follow from", async () => {
    const { message } = await saved("Pulumi.dev.yaml", (text) =>
      text
        .replace("- name: testimonios\n", "- name: vision\n    - name: testimonios\n")
        .replace("    - user:other@example.com\n", "    - group:devs@example.com\n"),
    );
    expect(message.split("\n")).to.deep.equal([
      "Pulumi.dev.yaml changed:",
      "  function vision added",
      "  function enqueuer changed",
      "  queue queue-vision added",
      "  access added: enqueuer-api cloudtasks.enqueuer on queue queue-vision",
      "  access added: group:devs@example.com run.invoker on service enqueuer",
      "  access added: tasks-dispatcher run.invoker on service vision",
      "  access added: user:developer@example.com cloudtasks.viewer on queue queue-vision",
      "  access added: user:developer@example.com run.viewer on service vision",
      "  access removed: user:other@example.com run.invoker on service enqueuer",
    ]);
    await command.line("group:devs@example.com lets nobody in here");
  });

  it("prints what is wrong with the program and goes on, then applies what is right", async () => {
    const mistake = "const a = ;\n";
    const wrong = await saved("infra/systems/enqueuer/index.ts", (text) => text + mistake);
    expect(wrong.severity).to.equal("ERROR");
    expect(wrong.message).to.match(
      /^infra\/systems\/enqueuer\/index\.ts changed, but the platform stays as it was\. [^]*infra\/systems\/enqueuer\/index\.ts:\d+/,
    );
    expect(await health()).to.equal(200);

    const right = await saved("infra/systems/enqueuer/index.ts", (text) =>
      text.replace(mistake, "").replace("timeoutSeconds: 60,", "timeoutSeconds: 61,"),
    );
    expect(right.message).to.equal(
      "infra/systems/enqueuer/index.ts changed: function enqueuer changed",
    );
  });

  it("prints what is wrong with a role and goes on", async () => {
    const mistake = "const a = ;\n";
    const wrong = await saved("functions/worker/process.ts", (text) => text + mistake);
    expect(wrong.severity).to.equal("ERROR");
    expect(wrong.message).to.match(
      /^functions\/worker\/process\.ts changed, but the platform stays as it was\. [^]*functions\/worker\/process\.ts:\d+/,
    );
    expect(await health()).to.equal(200);
    const right = await saved("functions/worker/process.ts", (text) => text.replace(mistake, ""));
    expect(right.message).to.equal("functions/worker/process.ts changed: nothing follows from it");
  });

  it("takes into use all that is saved in quick succession", async () => {
    await tree.edit("Pulumi.dev.yaml", (text) => `${text}\n`);
    const edited = `console.log('{"message":"saved in between"}');\n`;
    await saved("functions/enqueuer/index.ts", (text) => edited + text);
    expect(await health()).to.equal(200);
    await command.line("saved in between");
  });

  it("does not look at what it makes itself, nor at what editors leave", async () => {
    await mkdir(join(tree.root, "dist/worker"), { recursive: true });
    await writeFile(join(tree.root, "dist/worker/left.js"), "");
    await writeFile(join(tree.root, "functions/worker/.process.ts.swp"), "");
    await writeFile(join(tree.root, "functions/worker/process.ts~"), "");
    const { message } = await saved("functions/worker/ports.ts", (text) => `${text}\n`);
    expect(message).to.equal("functions/worker/ports.ts changed: nothing follows from it");
    expect(command.output).not.to.match(/left\.js|\.swp|process\.ts~/);
  });
});
