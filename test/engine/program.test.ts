/** The whole program as Pulumi's engine runs it: once with the engine played by the tests, once by the real CLI. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parseConfig, type PlatformConfig } from "../../infra/config/config.ts";
import { originOf } from "../../infra/config/origin.ts";
import { ConfigError } from "../../infra/config/errors.ts";
import { importedResources } from "../../infra/commands/import-plan.ts";
import { readStackFile } from "../../infra/config/stack-file.ts";
import { SYSTEMS } from "../../infra/systems/index.ts";
import { comparables, hidden, typeAndName } from "../support/engine/compare.ts";
import type { Driver, Outcome } from "../support/engine/driver.ts";
import { STACK } from "../support/engine/stack.ts";
import { ProjectTree } from "../support/engine/project-tree.ts";
import { Deployment, pulumiCli, type Deployed } from "../support/engine/pulumi-cli.ts";
import { sdkExecutor } from "../support/engine/sdk-executor.ts";
import { secretsOf, shownIn } from "../support/engine/secrets.ts";
import { withStandIns } from "../support/recorded.ts";

/** Survives the bundler, which drops what nobody uses. */
const CHANGE = '\nconsole.log("changed");\n';

/** A run takes some 3 s, a deployment 6 s, more on a machine that has other work. */
const TIMEOUT_MS = 180_000;

describe("the program under the SDK's own executor", function () {
  this.timeout(TIMEOUT_MS);
  runsUnder(sdkExecutor);
});

describe("the program under the Pulumi CLI", function () {
  this.timeout(TIMEOUT_MS);

  before(function () {
    const reason = pulumiCli.missing();
    if (reason === undefined) return;
    process.stdout.write(`  skipped: ${reason}\n`);
    this.skip();
  });

  runsUnder(pulumiCli);

  it("is deployed, stays as it is, changes by one role's source alone, and goes away", async () => {
    await onDeployment(async (deployment, tree) => {
      succeeded(await deployment.up());

      expect(succeeded(await deployment.up()).changes).to.deep.equal([]);

      await tree.edit("functions/worker/index.ts", (text) => text + CHANGE);
      const ofTheWorker = [
        "gcp:cloudfunctionsv2/function:Function enqueuer-brain",
        "gcp:cloudfunctionsv2/function:Function enqueuer-testimonios",
        "gcp:cloudfunctionsv2/function:Function enqueuer-transcripciones",
        "gcp:storage/bucketObject:BucketObject enqueuer-worker-source",
      ];
      expect(changed(await deployment.preview())).to.deep.equal(ofTheWorker);
      expect(changed(await deployment.up())).to.deep.equal(ofTheWorker);

      expect(succeeded(await deployment.destroy()).registered).to.deep.equal([]);
    });
  });

  it("takes over what its import plan names, and makes only the rest", async () => {
    await onDeployment(async (deployment, tree) => {
      const plan = { nameTable: {}, resources: importedResources(stackConfigOf(tree)) };
      const taken = plan.resources.map(({ type, logicalName }) => `${type} ${logicalName}`);
      await writeFile(join(tree.root, "import.json"), JSON.stringify(plan));

      const { registered } = succeeded(await deployment.import("import.json"));
      expect(registered.map(({ urn }) => typeAndName(urn))).to.have.members(taken);

      // Their settings may change: what the commands left out, such as descriptions, is the program's.
      const { changes } = succeeded(await deployment.preview());
      const kinds = changes
        .filter(({ urn }) => taken.includes(typeAndName(urn)))
        .map(({ op }) => op);
      expect(new Set(kinds)).to.have.members(["update"]);
    });
  });
});

function runsUnder(driver: Driver): void {
  describe("with the config of the dev stack", () => {
    let tree: ProjectTree;
    let preview: Outcome;
    let up: Outcome;

    before(async () => {
      tree = await ProjectTree.copy();
      preview = await driver.register(tree, "preview");
      up = await driver.register(tree, "up");
    });

    after(() => tree.remove());

    it("registers exactly what the recorder records", async () => {
      // The tree's own recorder, so that both bundle the same files.
      const { record } = (await tree.import(
        "local/declared/record.ts",
      )) as typeof import("../../local/declared/record.ts");
      const { registrations } = await record(stackConfigOf(tree), STACK);

      expect(comparables(succeeded(up).registered)).to.deep.equal(comparables(registrations));
    });

    it("knows in a preview already all that an up registers", () => {
      const [early, late] = [succeeded(preview), up].map(({ registered }) =>
        hidden(comparables(registered)),
      );
      expect(early).to.deep.equal(late);
    });

    it("marks each secret of the config as a secret wherever it sends it", () => {
      const secrets = secretsOf(tree);
      for (const outcome of [preview, up]) {
        expect(shownIn(outcome.visible + outcome.output, secrets)).to.deep.equal([]);
      }
      const sent = up.registered.flatMap(({ inputs, secretInputs }) =>
        secretInputs.map((key) => inputs[key]),
      );
      expect(shownIn(JSON.stringify(sent), secrets)).to.deep.equal(Object.keys(secrets));
    });

    it("makes a role's source from the role's own files", async () => {
      await onTree(async (changed) => {
        await changed.edit("functions/worker/index.ts", (text) => text + CHANGE);
        const outcome = succeeded(await driver.register(changed, "preview"));

        const old = sources(preview, tree);
        const now = sources(outcome, changed);
        const changedOnes = Object.keys(now).filter((folder) => now[folder] !== old[folder]);
        expect(changedOnes).to.deep.equal(["dist/worker"]);
        expect(Object.keys(now)).to.deep.equal(Object.keys(old)).and.to.have.length.above(1);
      });
    });

    it("says all that is wrong with a config in our words, without a stack trace", async () => {
      await onTree(async (broken) => {
        await broken.configure({ projectNumber: "12", region: "nowhere" });
        const words = problems(broken);

        const outcome = await driver.register(broken, "preview");

        expect(outcome.succeeded).to.equal(false);
        expect(outcome.output).to.include(words);
        expect(outcome.output).not.to.match(/^\s+at |unhandled/m);
        expect(outcome.registered).to.deep.equal([]);
      });
    });
  });
}

async function onTree(use: (tree: ProjectTree) => Promise<void>): Promise<void> {
  const tree = await ProjectTree.copy();
  try {
    await use(tree);
  } finally {
    await tree.remove();
  }
}

async function onDeployment(
  use: (deployment: Deployment, tree: ProjectTree) => Promise<void>,
): Promise<void> {
  await onTree(async (tree) => {
    const deployment = await Deployment.start(tree);
    try {
      await use(deployment, tree);
    } finally {
      await deployment.remove();
    }
  });
}

function succeeded<Result extends Outcome>(outcome: Result): Result {
  expect(outcome.succeeded, outcome.output).to.equal(true);
  return outcome;
}

/** What a command touched, each once, sorted. */
function changed(deployed: Deployed): string[] {
  const touched = succeeded(deployed).changes.map(({ urn }) => typeAndName(urn));
  return [...new Set(touched)].toSorted();
}

/** Folder of a source in the project → name of its object, which comes from the folder's content. */
function sources({ registered }: Outcome, tree: ProjectTree): Record<string, unknown> {
  const objects = registered.filter(({ type }) => type === "gcp:storage/bucketObject:BucketObject");
  const entries = objects.map(({ inputs }) => {
    const { path } = inputs.source as { path: string };
    return [path.replace(`${tree.root}/`, ""), inputs.name] as const;
  });
  return Object.fromEntries(entries.toSorted());
}

function stackConfigOf(tree: ProjectTree): PlatformConfig {
  return parseConfig(
    withStandIns(readStackFile(STACK, tree.root)),
    SYSTEMS,
    originOf(STACK, tree.root),
  );
}

/** The message of the config's own check. */
function problems(tree: ProjectTree): string {
  try {
    stackConfigOf(tree);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("The config has no problem.");
}
