import { expect } from "chai";
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import { openDeveloperPort, type DeveloperPort } from "../../local/developer-port.ts";
import { jsonResponse, type LocalRequest } from "../../local/http.ts";
import { thrownBy } from "../support/thrown-by.ts";

const TARGET = "https://enqueuer-123.us-central1.run.app";

describe("a developer port", () => {
  const seen: LocalRequest[] = [];
  let port: DeveloperPort;

  before(async () => {
    port = await openDeveloperPort({
      target: TARGET,
      port: 0,
      send: (request) => {
        seen.push(request);
        return Promise.resolve(jsonResponse(200, {}));
      },
      idToken: (audience) => Promise.resolve(`the developer's for ${audience}`),
    });
  });
  after(() => port.stop());
  beforeEach(() => void (seen.length = 0));

  /** With any header, which fetch would not let us set. */
  async function get(headers: Record<string, string> = {}): Promise<[number, string]> {
    const response = Promise.withResolvers<IncomingMessage>();
    httpRequest(`${port.url}/health?a=1`, { headers }).once("response", response.resolve).end();
    const incoming = await response.promise;
    return [incoming.statusCode ?? 0, await text(incoming)];
  }

  it("makes the request at the real URL, as the developer", async () => {
    expect((await get())[0]).to.equal(200);
    expect(seen.map(({ url, headers }) => [url.href, ...headers])).to.deep.equal([
      [
        `${TARGET}/health?a=1`,
        ["Host", new URL(TARGET).host],
        ["Authorization", `Bearer the developer's for ${TARGET}`],
      ],
    ]);
  });

  for (const name of ["Authorization", "X-Serverless-Authorization"]) {
    it(`leaves the person's own ${name} alone`, async () => {
      await get({ [name]: "Bearer mine" });
      const [{ headers } = { headers: [] }] = seen;
      expect(headers).to.deep.equal([
        [name, "Bearer mine"],
        ["Host", new URL(TARGET).host],
      ]);
    });
  }

  for (const [what, headers] of [
    ["another site", { "Sec-Fetch-Site": "cross-site" }],
    ["a name that resolves to this machine", { Host: "evil.example" }],
    ["such a name with this port", { Host: "evil.example:8080" }],
  ] as const) {
    it(`takes no request from ${what}`, async () => {
      expect(await get(headers)).to.deep.equal([
        403,
        "Requests to this port are made as the developer, so none are taken from other sites.\n",
      ]);
      expect(seen).to.deep.equal([]);
    });
  }

  for (const host of ["localhost:1234", "127.0.0.1", "localhost"]) {
    it(`is reached as ${host}`, async () => {
      expect((await get({ Host: host }))[0]).to.equal(200);
    });
  }

  it("cannot share its port", async () => {
    const { port: taken } = new URL(port.url);
    const failure = await thrownBy(() =>
      openDeveloperPort({
        target: TARGET,
        port: Number(taken),
        send: () => Promise.reject(new Error("never")),
        idToken: () => Promise.resolve(""),
      }),
    );
    expect(failure).to.have.property("code", "EADDRINUSE");
  });
});
