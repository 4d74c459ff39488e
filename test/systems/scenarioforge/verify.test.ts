import { expect } from "chai";
import { clientEnvironment } from "../../../local/gateway/environment.ts";
import { Workplace } from "../../support/local-command.ts";
import { onPlatform } from "../../support/platform.ts";

onPlatform("npm run verify, in the local cloud", (p) => {
  const place = new Workplace();
  after(async () => place.clear());

  /** As the service's account: the developer may not write runs. */
  async function verify(account: string, ...args: string[]) {
    const attachment = p.cloud.attachment();
    const environment = clientEnvironment({
      ...attachment,
      metadataHost: attachment.metadataHosts[account] ?? "",
      gcloudConfigFolder: place.temporary,
    });
    const service = p.cloud.entryPoints().find(({ role }) => role === "scenarioforge");
    const command = place.run(
      "infra/systems/scenarioforge/verify/main.ts",
      ["--base-url", service?.url ?? "", ...args],
      { ...environment, SCENARIOOPS_API_KEY: "a-key-of-my-own-0123" },
    );
    const { exitCode } = await command.ended;
    return { exitCode, lines: command.lines, errors: command.errors };
  }

  it("finds nothing wrong", async () => {
    const { exitCode, lines, errors } = await verify("scenarioforge");
    expect(lines.filter((line) => !line.startsWith("ok"))).to.deep.equal([
      "28 checks, nothing wrong.",
    ]);
    expect({ exitCode, errors }).to.deep.equal({ exitCode: 0, errors: [] });
  }).timeout(180_000);

  it("does without a key what anybody may do", async () => {
    const { exitCode, lines } = await verify("scenarioforge", "--without-key");
    expect(exitCode).to.equal(0);
    expect(lines.slice(-2)).to.deep.equal([
      "note   Launching, deleting and hidden runs were not checked: they take a key.",
      "6 checks, nothing wrong.",
    ]);
  }).timeout(60_000);

  it("says which permission is missing to who may not write runs", async () => {
    const { exitCode, errors } = await verify("developer", "--without-key");
    expect(exitCode).to.equal(1);
    expect(errors.length).to.equal(1);
    expect(errors[0]).to.match(
      /^gs:\/\/switchyard-dev-scenarioforge\/.*run\.json cannot be written \(--help says with which credentials\): .*storage\.objects\.create/,
    );
  }).timeout(60_000);
});
