import { expect } from "chai";
import { deliveriesBucket } from "../../../../infra/systems/enqueuer/names.ts";
import { clientEnvironment } from "../../../../local/gateway/environment.ts";
import { DEVELOPER } from "../../../../local/identity/metadata-servers.ts";
import { Workplace } from "../../../support/local-command.ts";
import { TestPlatform } from "../../../support/platform.ts";

/** Any bucket that a stack has: the account and its grants are the test's. */
const BUCKET = deliveriesBucket({ project: "switchyard-dev" });

describe("npm run gcs-check", () => {
  const place = new Workplace();
  after(async () => place.clear());

  async function run(...args: string[]) {
    // No address where anything could answer.
    const nowhere = { GCE_METADATA_HOST: "127.0.0.1:9", METADATA_SERVER_DETECTION: "none" };
    const command = place.run("infra/systems/producer/gcs-check.ts", args, {
      ...nowhere,
      HOME: place.temporary,
      GOOGLE_APPLICATION_CREDENTIALS: "",
      GOOGLE_CLOUD_PROJECT: "switchyard-dev",
    });
    const { exitCode } = await command.ended;
    return { exitCode, output: command.output, errors: command.errors.join("\n") };
  }

  it("says what it does", async () => {
    const { exitCode, output } = await run("--help");
    expect(exitCode).to.equal(0);
    expect(output).to.contain(
      "Usage: npm run gcs-check -- --prefix PREFIX [--stack NAME | --bucket NAME]",
    );
  });

  it("needs a prefix that can be one", async () => {
    expect(await run("--bucket", "work")).to.deep.include({
      exitCode: 1,
      errors: "--prefix is needed (--help says what there is)",
    });
    expect(await run("--bucket", "work", "--prefix", "a'b")).to.deep.include({
      exitCode: 1,
      errors: `"a'b" is no prefix: quotes, backslashes and control characters are refused.`,
    });
  });

  it("says how to come by credentials where there are none", async () => {
    const { exitCode, errors } = await run("--bucket", "work", "--prefix", "u1/");
    expect(exitCode).to.equal(1);
    expect(errors).to.contain("gcloud auth application-default login");
    expect(errors.split("\n")).to.have.length(1);
  });
});

describe("npm run gcs-check in the local cloud", () => {
  const place = new Workplace();
  const platform = new TestPlatform({});
  before(async () => platform.start());
  after(async () => {
    await place.clear();
    await platform.stop();
  });

  /** Gives the developer a role on the bucket, and no other. */
  async function grant(role: string): Promise<void> {
    const plan = platform.cloud.declared();
    const resource = `projects/_/buckets/${BUCKET}`;
    const others = plan.bindings.filter(
      (each) => each.member !== plan.developer || each.resource !== resource,
    );
    const binding = { member: plan.developer, role, resource, kind: "role" } as const;
    await platform.cloud.apply({ ...plan, bindings: [...others, binding] });
  }

  async function check(prefix: string, which = ["--bucket", BUCKET], account: string = DEVELOPER) {
    const attachment = platform.cloud.attachment();
    const environment = clientEnvironment({
      ...attachment,
      metadataHost: attachment.metadataHosts[account] ?? "",
      gcloudConfigFolder: place.temporary,
    });
    const args = [...which, "--prefix", prefix];
    const command = place.run("infra/systems/producer/gcs-check.ts", args, environment);
    const { exitCode } = await command.ended;
    return { exitCode, output: command.output, errors: command.errors.join("\n") };
  }

  it("finds nothing wrong where the tenant sees its prefix and no more", async () => {
    await grant("roles/storage.objectUser");
    const upload = `https://storage.googleapis.com/upload/storage/v1/b/${BUCKET}/o?uploadType=media&name=`;
    await platform.as(DEVELOPER, `${upload}u1/p1/a.txt`, { method: "POST", body: "a" });
    await platform.as(DEVELOPER, `${upload}u2/p1/b.txt`, { method: "POST", body: "b" });
    const { exitCode, output, errors } = await check("u1/p1");
    expect({ exitCode, errors }).to.deep.equal({ exitCode: 0, errors: "" });
    expect(output.split("\n").map((line) => line.slice(0, 5))).to.deep.equal([
      "ok   ",
      "note ",
      "ok   ",
      "ok   ",
      "ok   ",
    ]);
    expect(output).to.contain(`The tenant's token reads gs://${BUCKET}/u1/p1/a.txt.`);
  });

  it("asks the work bucket of the stack where none is named", async () => {
    const { exitCode, output, errors } = await check("user-1/p1/s1", [], "producer");
    expect({ exitCode, errors }).to.deep.equal({ exitCode: 0, errors: "" });
    expect(output).to.contain("on gs://switchyard-dev-producer-work.");
  });

  it("says that it is the account which lacks the list", async () => {
    await grant("roles/storage.objectCreator");
    const { exitCode, output } = await check("u1/p1");
    expect(exitCode).to.equal(1);
    expect(output).to.contain(`WRONG  The account lacks storage.objects.list on gs://${BUCKET}`);
  });
});
