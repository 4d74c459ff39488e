/** What the program's tests rely on: a driver reports all that a program says to its engine. */
import { expect } from "chai";
import type { Driver, Outcome, Registered } from "../support/engine/driver.ts";
import { ProjectTree } from "../support/engine/project-tree.ts";
import { pulumiCli } from "../support/engine/pulumi-cli.ts";
import { sdkExecutor } from "../support/engine/sdk-executor.ts";
import { UNKNOWN } from "../support/engine/values.ts";

const PROGRAM = `
  import * as gcp from "@pulumi/gcp";
  import * as pulumi from "@pulumi/pulumi";

  const group = new pulumi.ComponentResource("switchyard:test:Group", "group");
  const account = new gcp.serviceaccount.Account(
    "account",
    { accountId: "somebody", project: "p", description: pulumi.secret("hidden") },
    { parent: group, protect: true },
  );
  new gcp.storage.BucketIAMMember("member", { bucket: "b", role: "r", member: account.member });
`;

const STACK = "urn:pulumi:dev::switchyard::pulumi:pulumi:Stack::switchyard-dev";
const GROUP = "urn:pulumi:dev::switchyard::switchyard:test:Group::group";
const ACCOUNT =
  "urn:pulumi:dev::switchyard::switchyard:test:Group$gcp:serviceaccount/account:Account::account";

const group: Registered = {
  urn: GROUP,
  type: "switchyard:test:Group",
  name: "group",
  isCustom: false,
  inputs: {},
  secretInputs: [],
  parent: STACK,
  dependencies: [],
  propertyDependencies: {},
  isProtected: false,
};

const account: Registered = {
  ...group,
  urn: ACCOUNT,
  type: "gcp:serviceaccount/account:Account",
  name: "account",
  isCustom: true,
  inputs: { accountId: "somebody", project: "p", description: "hidden" },
  secretInputs: ["description"],
  parent: GROUP,
  isProtected: true,
};

const member: Registered = {
  ...group,
  urn: "urn:pulumi:dev::switchyard::gcp:storage/bucketIAMMember:BucketIAMMember::member",
  type: "gcp:storage/bucketIAMMember:BucketIAMMember",
  name: "member",
  isCustom: true,
  inputs: { bucket: "b", role: "r", member: "serviceAccount:somebody@p.iam.gserviceaccount.com" },
  dependencies: [ACCOUNT],
  propertyDependencies: { member: [ACCOUNT] },
};

for (const driver of [sdkExecutor, pulumiCli]) {
  describe(`a driver: ${driver.name}`, function () {
    this.timeout(60_000);

    before(function () {
      if (driver.missing() !== undefined) this.skip();
    });

    it("reports every registration as the engine got it", async () => {
      const { registered } = await run(driver, PROGRAM, "up");
      expect(registered).to.have.deep.members([group, account, member]);
    });

    it("reports a value that Google computes as unknown in a preview", async () => {
      const { registered } = await run(driver, PROGRAM, "preview");
      expect(registered.find(({ name }) => name === "member")?.inputs).to.deep.equal({
        ...member.inputs,
        member: UNKNOWN,
      });
    });

    it("reports a program that fails, with what it said and its stack", async () => {
      const { succeeded, output } = await run(
        driver,
        'throw new Error("as it happens")',
        "preview",
      );
      expect(succeeded).to.equal(false);
      expect(output).to.include("as it happens");
      expect(output).to.match(/^\s+at /m);
    });
  });
}

async function run(driver: Driver, program: string, mode: "preview" | "up"): Promise<Outcome> {
  const tree = await ProjectTree.copy();
  try {
    await tree.edit("infra/index.ts", () => program);
    return await driver.register(tree, mode);
  } finally {
    await tree.remove();
  }
}
