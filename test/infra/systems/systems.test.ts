import { expect } from "chai";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { deployerRoles } from "../../../infra/platform.ts";
import { SYSTEMS } from "../../../infra/systems/index.ts";
import project from "../../../package.json" with { type: "json" };
import { devConfig, recorded } from "../../support/recorded.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("the systems", () => {
  it("are the folders that there are, and npm scripts run exactly the commands that they name", () => {
    const commands = Object.entries(SYSTEMS).flatMap(([system, { commands = {} }]) =>
      Object.entries(commands).map(([name, file]) => [name, `infra/systems/${system}/${file}`]),
    );
    expect(commands.filter(([, file = ""]) => !existsSync(join(ROOT, file)))).to.deep.equal([]);
    const scripts = Object.entries(project.scripts).flatMap(([name, script]) => {
      const file = /node (infra\/systems\/\S+)/.exec(script)?.[1];
      return file === undefined ? [] : [[name, file]];
    });
    expect(scripts).to.have.deep.members(commands);
  });

  it("declare every identity that they name, with what it is for", async () => {
    const { registrations } = await recorded();
    const accounts = registrations
      .filter(({ type }) => type === "gcp:serviceaccount/account:Account")
      .map(({ inputs }) => [inputs.accountId, inputs.description]);
    for (const [id, purpose] of Object.values(SYSTEMS).flatMap((system) =>
      Object.entries(system.identities),
    )) {
      expect(accounts).to.deep.include([id, purpose]);
    }
  });

  it("tell the deployer each role once, with all its reasons, and no other system's", () => {
    const all = deployerRoles(devConfig());
    expect(new Set(all.map(({ role }) => role)).size).to.equal(all.length);
    expect(all.find(({ role }) => role === "roles/storage.admin")?.why).to.equal(
      "makes buckets, uploads sources and grants roles on them; uploads tools",
    );
    const some = deployerRoles(devConfig({ systems: ["enqueuer"] })).map(({ role }) => role);
    expect(some).to.include("roles/cloudtasks.admin").and.not.to.include("roles/pubsub.admin");
  });
});
