import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProjectTree } from "../../support/engine/project-tree.ts";
import { Workplace, type LocalCommand } from "../../support/local-command.ts";

const WRONG = "letmein";
const RIGHT = "let me in, will you?";

describe("npm run local, with a secret that the stack's file does not tell", function () {
  // The program is recorded three times, as at every save of the stack's file.
  this.timeout(60_000);

  let tree: ProjectTree;
  let place: Workplace;
  let command: LocalCommand;

  before(async () => {
    tree = await ProjectTree.copy();
    await tree.configure({ githubWebhookSecret: { secure: "v1:abc" } });
    place = new Workplace(tree.root);
  });
  after(async () => {
    await place.clear();
    await tree.remove();
  });

  async function saved(text: string, times: number): Promise<string> {
    await writeFile(join(tree.root, ".env.local"), text);
    return command.line(".env.local changed", times);
  }

  it("starts without a passphrase, names the stand-in once, and takes up .env.local", async () => {
    command = place.local("--json", "--port", "0");
    await command.ready();
    const named = "githubWebhookSecret: no value given, a generated one stands in.";
    await command.line(named);

    expect(await saved(`githubWebhookSecret=${WRONG}\n`, 1)).to.include(
      "githubWebhookSecret in .env.local has a value that will not do",
    );
    expect(await saved(`githubWebhookSecret="${RIGHT}"\n`, 2)).to.include(
      "secret plan-webhook-secret has a new version, for instances that start from now on",
    );
    expect(command.lines.filter((line) => line.includes(named))).to.have.length(1);
    expect(command.output).not.to.match(/letmein|let me in/);
    await command.stop("SIGTERM");
  });

  it("refuses a secret of the command line that will not do, without showing it", async () => {
    command = place.local("--secret", `githubWebhookSecret=${WRONG}`);
    expect((await command.ended).exitCode).to.equal(1);
    expect(command.errors).to.deep.equal([
      "The secrets of this machine have problems:",
      "  - --secret githubWebhookSecret has a value that will not do; it must have at least 16 characters.",
    ]);
  });

  it("refuses a plain text in the stack's file, without showing it", async () => {
    await tree.configure({ githubWebhookSecret: RIGHT });
    command = place.local();
    expect((await command.ended).exitCode).to.equal(1);
    const unplaced = command.errors.map((line) => line.replace(/dev\.yaml:\d+/, "dev.yaml:LINE"));
    expect(unplaced).to.deep.equal([
      "The stack's config has problems:",
      "  - Pulumi.dev.yaml:LINE: switchyard:githubWebhookSecret is in plain text; it must have at least 16 characters, and be a secret.",
      "    Fix: npm run pulumi -- config set -s dev --secret githubWebhookSecret",
    ]);
  });
});
