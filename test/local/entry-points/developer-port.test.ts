import { expect } from "chai";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import {
  openDeveloperPort,
  type DeveloperPort,
} from "../../../local/entry-points/developer-port.ts";
import { jsonResponse, type LocalRequest } from "../../../local/http/message.ts";
import type { LogEntry } from "../../../local/log.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const TARGET = "https://enqueuer-123.us-central1.run.app";

describe("a developer port", () => {
  const seen: LocalRequest[] = [];
  const lines: LogEntry[] = [];
  let port: DeveloperPort;

  beforeEach(async () => {
    seen.length = 0;
    lines.length = 0;
    port = await openDeveloperPort({
      target: TARGET,
      port: 0,
      send: (request) => {
        seen.push(request);
        return Promise.resolve(jsonResponse(200, {}));
      },
      idToken: (audience) => Promise.resolve(`the developer's for ${audience}`),
      log: (entry) => void lines.push(entry),
    });
  });
  afterEach(() => port.stop());
  /** With any header and any target, which fetch would not let us set. */
  async function get(
    headers: Record<string, string> = {},
    path = "/health?a=1",
  ): Promise<[number, string]> {
    const response = Promise.withResolvers<IncomingMessage>();
    httpRequest(port.url, { headers, path, agent: false }).once("response", response.resolve).end();
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
      expect(lines.map(({ message }) => message)).to.deep.equal([
        `the developer port of ${TARGET}: Answered 403: Requests to this port are made as the developer, so none are taken from other sites.`,
      ]);
      // The same again is said no sooner than a second later.
      await get(headers);
      expect(lines).to.have.length(1);
    });
  }

  for (const path of ["//enqueue", "//brain-123.us-central1.run.app/process", "/\\brain.test/a"]) {
    it(`takes ${path} for a path`, async () => {
      expect((await get({}, path))[0]).to.equal(200);
      expect(seen.map(({ url }) => url.origin)).to.deep.equal([TARGET]);
      expect(seen[0]?.url.pathname).to.equal(path.replaceAll("\\", "%5c"));
    });
  }

  it("is bounded and never silent, as every listener is", async () => {
    const outgoing = httpRequest(port.url, { method: "CONNECT", path: "brain.test:443" }).end();
    const [answer] = (await once(outgoing, "connect")) as [IncomingMessage];
    expect(answer.statusCode).to.equal(405);
    expect(lines.map(({ message }) => message)).to.deep.equal([
      `the developer port of ${TARGET}: Refused CONNECT to brain.test:443`,
    ]);
  });

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
        log: () => undefined,
      }),
    );
    expect(failure).to.have.property("code", "EADDRINUSE");
  });
});
