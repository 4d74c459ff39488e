import { expect } from "chai";
import { createIssuer } from "../../../local/identity/issuer.ts";
import { DEVELOPER, MetadataServers } from "../../../local/identity/metadata-servers.ts";
import type { Declared } from "../../../local/declared/declared.ts";

const EMAIL = "a@demo.iam.gserviceaccount.com";
const PLAN = {
  projectId: "demo",
  projectNumber: "1",
  region: "us-central1",
  developer: "user:developer@example.com",
  serviceAccounts: [{ id: "a", email: EMAIL }],
} as unknown as Declared;

describe("metadata servers", () => {
  let servers: MetadataServers;

  beforeEach(async () => {
    servers = new MetadataServers(createIssuer(), () => undefined);
    await servers.apply(PLAN);
  });
  afterEach(() => servers.stop());

  async function region(email: string): Promise<string> {
    const url = `http://${servers.hostOf(email)}/computeMetadata/v1/instance/region`;
    return (await fetch(url, { headers: { "metadata-flavor": "Google" } })).text();
  }

  it("tell a new region and project number at the address they have had", async () => {
    const before = servers.hosts();
    const first = await region(EMAIL);
    await servers.apply({ ...PLAN, projectNumber: "2", region: "europe-west1" });

    expect([first, await region(EMAIL)]).to.deep.equal([
      "projects/1/regions/us-central1",
      "projects/2/regions/europe-west1",
    ]);
    expect(servers.hosts()).to.deep.equal(before);
  });

  it("come and go with the accounts of the plan, but for the developer's", async () => {
    const developer = servers.hosts()[DEVELOPER];
    await servers.apply({ ...PLAN, serviceAccounts: [] });

    expect(servers.hosts()).to.deep.equal({ [DEVELOPER]: developer });
    expect(() => servers.hostOf(EMAIL)).to.throw(`declares no service account ${EMAIL}`);
  });
});
