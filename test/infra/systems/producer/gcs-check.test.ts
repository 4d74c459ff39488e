import { expect } from "chai";
import { Workplace } from "../../../support/local-command.ts";

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
    expect(output).to.contain("Usage: npm run gcs-check -- --bucket NAME --prefix PREFIX");
  });

  it("needs a bucket and a prefix that can be one", async () => {
    expect(await run("--bucket", "work")).to.deep.include({
      exitCode: 1,
      errors: "--bucket and --prefix are needed (--help says what there is)",
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
