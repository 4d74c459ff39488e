/** Secrets on their way from the stack's config to the engine, in a program of their own. */
import { expect } from "chai";
import type { Driver, Outcome } from "../support/engine/driver.ts";
import { ProjectTree } from "../support/engine/project-tree.ts";
import { pulumiCli } from "../support/engine/pulumi-cli.ts";
import { sdkExecutor } from "../support/engine/sdk-executor.ts";
import { secretsOf, shownIn } from "../support/engine/secrets.ts";
import { standIn } from "../support/recorded.ts";

/** Sends the value of one key to Secret Manager, and then what follows. */
const PROGRAM = `
  import * as gcp from "@pulumi/gcp";
  import { ManagedSecret } from "./google/secrets/secret.ts";
  import { readConfig } from "./config/config.ts";
  import { SYSTEMS } from "./systems/index.ts";

  const config = readConfig(SYSTEMS);
  const value = config.githubAppPrivateKey;
  const args = { system: "x", id: "key", place: config, value };
  const { version } = new ManagedSecret("key", args, {});
`;

for (const driver of [sdkExecutor, pulumiCli]) {
  describe(`secrets under ${driver.name}`, function () {
    this.timeout(60_000);

    before(function () {
      if (driver.missing() !== undefined) this.skip();
    });

    it("are marked as secrets in what is registered, and seen nowhere else", async () => {
      const { outcome, shown } = await run(driver, PROGRAM);
      expect(outcome.succeeded, outcome.output).to.equal(true);
      expect(shown).to.deep.equal([]);
      const version = outcome.registered.find(({ type }) => type.endsWith(":SecretVersion"));
      expect(version?.secretInputs).to.deep.equal(["secretData"]);
      expect(version?.inputs.secretData).to.equal(standIn("githubAppPrivateKey"));
    });

    for (const [where, leak] of [
      ["an input", "new gcp.projects.Service(`s`, { service: value.reveal() });"],
      ["an output of the stack", "export const leaked = { deep: [value.reveal()] };"],
      ["a message", "console.log(value.reveal());"],
    ] as const) {
      it(`are found where a program sends one in clear text as ${where}`, async () => {
        const { shown } = await run(driver, PROGRAM + leak);
        expect(shown).to.deep.equal(["githubAppPrivateKey"]);
      });
    }

    it("stay marked on their way through a resource", async () => {
      const { outcome, shown } = await run(
        driver,
        `${PROGRAM} export const again = version.secretData;`,
      );
      expect([outcome.succeeded, shown]).to.deep.equal([true, []]);
    });
  });
}

interface Seen {
  readonly outcome: Outcome;
  /** Keys of the secrets of which anything is seen. */
  readonly shown: readonly string[];
}

async function run(driver: Driver, program: string): Promise<Seen> {
  const tree = await ProjectTree.copy();
  try {
    await tree.configure({ githubAppPrivateKey: { secure: "v1:abc" } });
    await tree.edit("infra/index.ts", () => program);
    const secrets = secretsOf(tree);
    const outcome = await driver.register(tree, "up");
    return { outcome, shown: shownIn(outcome.visible + outcome.output, secrets) };
  } finally {
    await tree.remove();
  }
}
