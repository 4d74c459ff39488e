import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { createAuthority } from "../../../../local/gateway/authority.ts";
import { TestPlatform } from "../../../support/platform.ts";
import { ask, launch, parameters, runOf } from "../../../systems/scenarioforge/runs.ts";

const HOST = "generativelanguage.googleapis.com";
const KEY = "a-key-of-a-person";

/** What the real one says of a key that is none of its own. */
const REFUSAL = {
  error: { code: 400, status: "INVALID_ARGUMENT", message: "API key not valid." },
};

describe("--allow generativelanguage.googleapis.com", () => {
  let server: Server;
  let platform: TestPlatform;
  const seen: { readonly url: string | undefined; readonly key: unknown }[] = [];

  before(async () => {
    const authority = await createAuthority();
    server = createServer(await authority.credentials(HOST), ({ url, headers }, response) => {
      seen.push({ url, key: headers["x-goog-api-key"] });
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify(REFUSAL));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    platform = new TestPlatform({
      config: { systems: ["scenarioforge"] },
      allow: [HOST],
      reach: () => ({ host: "127.0.0.1", port, ca: authority.caPem, agent: false }),
    });
    await platform.start();
  });
  after(async () => {
    await platform.stop();
    server.close();
  });

  it("lets a live run ask the real Gemini with the person's key, which nobody else sees", async () => {
    const { run_id: runId } = await launch(
      platform,
      { ...parameters(), mock: false },
      { "x-api-key": KEY },
    );
    const model = "gemini-3.6-flash";
    expect(seen).to.deep.equal([{ url: `/v1beta/models/${model}:generateContent`, key: KEY }]);
    const run = await runOf(platform, runId);
    expect(run.status).to.equal("FAILED");
    const shown = JSON.stringify([run, await ask(platform, `/run/${runId}/node_events`)]);
    expect(shown).to.include("Gemini answered 400: API key not valid.");
    expect(shown + JSON.stringify(platform.log)).not.to.include(KEY);
  });
});
