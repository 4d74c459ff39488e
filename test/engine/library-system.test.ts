/** What the dev stack's systems do not use yet, as an engine gets it: conditions side by side, custom roles, a zip deploy. */
import { expect } from "chai";
import { parseConfig, type PlatformConfig } from "../../infra/config/config.ts";
import { readStackFile } from "../../infra/config/stack-file.ts";
import type { Systems } from "../../infra/system.ts";
import { SYSTEMS } from "../../infra/systems/index.ts";
import { CATALOGUE, DONATIONS } from "../fixtures/library-system/access.ts";
import { comparables, typeAndName, type Comparable } from "../support/engine/compare.ts";
import type { Outcome, Registered } from "../support/engine/driver.ts";
import { ProjectTree } from "../support/engine/project-tree.ts";
import { Deployment, pulumiCli } from "../support/engine/pulumi-cli.ts";
import { sdkExecutor } from "../support/engine/sdk-executor.ts";
import { STACK } from "../support/engine/stack.ts";
import { withStandIns } from "../support/recorded.ts";

const FIXTURE = "test/fixtures/library-system";

/** In place of infra/index.ts. The library's config has no keys of its own: the stack's other keys are those of its file. */
const PROGRAM = `
  import { bundle } from "./bundle/bundle.ts";
  import { readConfig } from "./config/config.ts";
  import { declarePlatform } from "./platform.ts";
  import { SYSTEMS } from "./systems/index.ts";
  import { functions, systems } from "../${FIXTURE}/further.ts";

  const all = { ...SYSTEMS, ...systems };
  await declarePlatform(readConfig(all), (role, options) => bundle(role, { ...options, functions }), all);
`;

const BUCKET = "projects/_/buckets/switchyard-dev-library-shelf";
const KEEPER = "serviceAccount:library@switchyard-dev.iam.gserviceaccount.com";

for (const driver of [sdkExecutor, pulumiCli]) {
  describe(`a system with all of IAM under ${driver.name}`, function () {
    this.timeout(180_000);
    let tree: ProjectTree | undefined;
    let preview: Outcome;
    let up: Outcome;
    let recorded: readonly Comparable[];

    before(async function () {
      const reason = driver.missing();
      if (reason !== undefined) {
        process.stdout.write(`  skipped: ${reason}\n`);
        this.skip();
      }
      tree = await libraryTree();
      recorded = comparables(await recordedIn(tree));
      preview = await driver.register(tree, "preview");
      up = await driver.register(tree, "up");
      for (const { succeeded, output } of [preview, up]) {
        expect(succeeded, output).to.equal(true);
      }
    });

    after(() => tree?.remove());

    const ofType = (type: string): readonly Registered[] =>
      up.registered.filter((each) => each.type === type);

    it("registers exactly what the recorder records, known in a preview already", () => {
      expect(comparables(up.registered)).to.deep.equal(recorded);
      expect(comparables(preview.registered)).to.deep.equal(recorded);
    });

    it("has two members that differ in their condition alone, side by side", () => {
      const members = ofType("gcp:storage/bucketIAMMember:BucketIAMMember").filter(
        ({ inputs }) => inputs.condition !== undefined,
      );
      expect(new Set(members.map(({ urn }) => urn)).size).to.equal(2);
      expect(members.map(({ inputs }) => inputs)).to.have.deep.members(
        ["books", "loans"].map((title) => ({
          bucket: "switchyard-dev-library-shelf",
          role: "roles/storage.objectUser",
          member: KEEPER,
          condition: {
            title,
            expression: `resource.name.startsWith("${BUCKET}/objects/${title}/")`,
          },
        })),
      );
    });

    it("makes each custom role before the member that grants it", () => {
      const roles = ofType("gcp:projects/iAMCustomRole:IAMCustomRole");
      expect(roles.map(({ inputs }) => inputs.roleId)).to.have.members([
        CATALOGUE.id,
        DONATIONS.id,
      ]);
      for (const { urn, inputs } of roles) {
        const granting = up.registered.filter(
          (each) => each.inputs.role === `projects/switchyard-dev/roles/${String(inputs.roleId)}`,
        );
        expect(granting).to.have.length(1);
        expect(granting[0]?.dependencies.map(typeAndName)).to.include(typeAndName(urn));
      }
    });

    it("starts the service once its account may mount the bucket", () => {
      const [service] = ofType("gcp:cloudrunv2/service:Service");
      const awaited = service?.dependencies.map(typeAndName) ?? [];
      const grants = ofType("gcp:storage/bucketIAMMember:BucketIAMMember").filter(
        ({ inputs }) => inputs.member === KEEPER,
      );
      expect(grants).to.have.length(3);
      expect(awaited).to.include.members(grants.map(({ urn }) => typeAndName(urn)));
    });
  });
}

describe("a system with all of IAM, deployed by the Pulumi CLI", function () {
  this.timeout(180_000);

  before(function () {
    if (pulumiCli.missing() !== undefined) this.skip();
  });

  it("stays as it is in a second deployment, and goes away", async () => {
    const tree = await libraryTree();
    try {
      const deployment = await Deployment.start(tree);
      try {
        const [first, second] = [await deployment.up(), await deployment.up()];
        expect([first.succeeded, second.succeeded], first.output).to.deep.equal([true, true]);
        expect(second.changes).to.deep.equal([]);
        expect((await deployment.destroy()).registered).to.deep.equal([]);
      } finally {
        await deployment.remove();
      }
    } finally {
      await tree.remove();
    }
  });
});

async function libraryTree(): Promise<ProjectTree> {
  const tree = await ProjectTree.copy();
  await tree.add(FIXTURE);
  await tree.configure({ systems: ["library"] });
  await tree.edit("infra/index.ts", () => PROGRAM);
  return tree;
}

/** By the tree's own modules, so that both bundle the same files. */
async function recordedIn(tree: ProjectTree) {
  const { record } = (await tree.import(
    "local/declared/record.ts",
  )) as typeof import("../../local/declared/record.ts");
  const { bundle } = (await tree.import(
    "infra/bundle/bundle.ts",
  )) as typeof import("../../infra/bundle/bundle.ts");
  const { functions, systems } = (await tree.import(
    `${FIXTURE}/further.ts`,
  )) as typeof import("../fixtures/library-system/further.ts");
  const all: Systems = { ...SYSTEMS, ...systems };
  const config: PlatformConfig = parseConfig(withStandIns(readStackFile(STACK, tree.root)), all);
  const bundleOf: typeof bundle = (role, options) => bundle(role, { ...options, functions });
  return (await record(config, STACK, bundleOf, { systems: all })).registrations;
}
