import { expect } from "chai";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { UsageError } from "../../infra/commands/arguments.ts";
import { createAuthority } from "../../local/gateway/authority.ts";
import { outsideHostsOf } from "../../local/outside-hosts.ts";
import { GOOGLE_HOSTS } from "../../local/systems/settings.ts";
import { TestPlatform } from "../support/platform.ts";
import { standIn } from "../support/recorded.ts";
import { headersOf, pullRequestEvent, signatureOf } from "../support/webhooks.ts";

const HOST = "real.example.com";

interface Seen {
  readonly path: string;
  readonly host: string;
  readonly authorization: string;
}

describe("hosts of the outside world that a person sends elsewhere", () => {
  it("are kept as they are said", () => {
    const url = "http://127.0.0.1:9000/base";
    expect(outsideHostsOf([`api.github.com=${url}`], ["example.com"])).to.deep.equal({
      outside: [{ option: "--outside", name: "api.github.com", url: new URL(url) }],
      allow: ["example.com"],
    });
  });

  it("may be hosts of Google's that only a stand-in answers for", () => {
    const host = "generativelanguage.googleapis.com";
    expect(GOOGLE_HOSTS).to.deep.equal([host]);
    expect(outsideHostsOf([], [host], GOOGLE_HOSTS).allow).to.deep.equal([host]);
    expect(() => outsideHostsOf([], ["storage.googleapis.com"], GOOGLE_HOSTS)).to.throw(UsageError);
  });

  const program = "http://127.0.0.1:9000";
  for (const [outside, allow, message] of [
    [["api.github.com"], [], /^--outside is HOST=URL with an http URL on this machine, like /],
    [["api.github.com=https://example.com"], [], /^--outside is HOST=URL with an http URL/],
    [[`https://a.b=${program}`], [], '--outside: "https://a.b" is no host name in lower case'],
    [[], ["https://example.com"], '--allow: "https://example.com" is no host name'],
    [[], ["example.com:8443"], '--allow: "example.com:8443" is no host name'],
    [[], ["Example.com"], '--allow: "Example.com" is no host name in lower case'],
    [[], ["localhost"], '--allow: "localhost" is no host name'],
    [[], ["10.0.0.1"], '--allow: "10.0.0.1" is no host name'],
    [[], ["*.example.com"], '--allow: "*.example.com" is no host name'],
    [[], ["storage.googleapis.com"], /^--allow storage.googleapis.com: the local cloud answers/],
    [[], ["a-1.us-central1.run.app"], /^--allow a-1.us-central1.run.app: the local cloud answers/],
    [[`accounts.google.com=${program}`], [], /^--outside accounts.google.com: the local cloud/],
    [[`a.b=${program}`], ["a.b"], "--allow a.b: the host is said twice."],
  ] as const) {
    it(`are refused: ${[...outside, ...allow].join(", ")}`, () => {
      expect(() => outsideHostsOf(outside, allow)).to.throw(UsageError, message);
    });
  }

  describe("in a running local cloud", () => {
    let servers: Server[] = [];
    let seen: Seen[] = [];
    let platform: TestPlatform;

    const answer: RequestListener = ({ url, headers }, response) => {
      const { host = "", authorization = "" } = headers;
      seen.push({ path: url ?? "", host, authorization });
      response.writeHead(404, { "content-type": "text/plain" }).end("mine");
    };

    async function portOf(server: Server): Promise<number> {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      servers.push(server);
      return (server.address() as AddressInfo).port;
    }

    before(async () => {
      servers = [];
      const authority = await createAuthority();
      const credentials = await authority.credentials(HOST);
      const [own, real] = [
        await portOf(createServer(answer)),
        await portOf(createTlsServer(credentials, answer)),
      ];
      const url = new URL(`http://127.0.0.1:${own}/mine`);
      platform = new TestPlatform({
        outside: [{ option: "--outside", name: "api.github.com", url }],
        allow: [HOST, "gone.example.com"],
        reach: (host) => ({
          host: "127.0.0.1",
          port: host === HOST ? real : 1,
          ca: authority.caPem,
          agent: false,
        }),
      });
      await platform.start();
    });
    beforeEach(() => (seen = []));
    after(async () => {
      await platform.stop();
      for (const server of servers) server.close();
    });

    it("let a program of the person's own get what the GitHub App asks", async () => {
      const body = JSON.stringify(pullRequestEvent("opened"));
      const signature = signatureOf(body, standIn("githubWebhookSecret"));
      const headers = { ...headersOf("pull_request", body), "x-hub-signature-256": signature };
      await platform.asDeveloper("plan-app", "/webhook", { method: "POST", headers, body });
      const [first] = seen;
      expect(first?.path).to.equal("/mine/app/installations/42/access_tokens");
      expect(first?.host).to.equal("api.github.com");
      expect(first?.authorization).to.match(/^bearer ey/i);
    });

    it("leave the other hosts of a stand-in as they are", async () => {
      await platform.through("https://github.com/nobody/nothing");
      expect(seen).to.deep.equal([]);
    });

    it("let requests out to the real host, with path, query and credentials", async () => {
      const { status, body } = await platform.through(`https://${HOST}/a/b?c=d`, {
        headers: { authorization: "Bearer theirs" },
      });
      expect({ status, body }).to.deep.equal({ status: 404, body: "mine" });
      expect(seen).to.deep.equal([
        { path: "/a/b?c=d", host: HOST, authorization: "Bearer theirs" },
      ]);
    });

    it("hold back the local cloud's own tokens, wherever in the headers or the address they are", async () => {
      const identity = await platform.idToken("enqueuer-api", `https://${HOST}`);
      const metadata = platform.cloud.attachment().metadataHosts["enqueuer-api"] ?? "";
      const url = `http://${metadata}/computeMetadata/v1/instance/service-accounts/default/token`;
      const answer = await fetch(url, { headers: { "Metadata-Flavor": "Google" } });
      const { access_token: access } = (await answer.json()) as { readonly access_token: string };
      const basic = Buffer.from(`oauth2accesstoken:${access}`).toString("base64");
      const ways: readonly [headers: Readonly<Record<string, string>>, query?: string][] = [
        [{ authorization: `Bearer ${access}` }],
        [{ authorization: `Bearer ${identity}` }],
        [{ authorization: `token ${access}` }],
        [{ authorization: `Basic ${basic}` }],
        [{ "x-gcs-token": access }],
        [{ cookie: `a=b; session=${identity}` }],
        [{}, `?access_token=${access}`],
      ];
      const answers = await Promise.all(
        ways.map(([headers, query = ""]) =>
          platform.through(`https://${HOST}/${query}`, { headers }),
        ),
      );
      expect(answers.map(({ status, body }) => ({ status, body }))).to.deep.equal(
        Array(ways.length).fill({
          status: 403,
          body: `A token of the local cloud is not let out to ${HOST}.\n`,
        }),
      );
      expect(seen).to.deep.equal([]);
    });

    it("say so where the real host does not answer", async () => {
      const { status, body } = await platform.through("https://gone.example.com/");
      expect(status).to.equal(502);
      expect(body).to.match(/^gone\.example\.com, which --allow lets out to, did not answer \(/);
    });

    it("are no others: an unknown one stays refused", async () => {
      const failure = await platform.through("https://other.example.com/").catch(String);
      expect(failure).to.contain("other.example.com");
      expect(seen).to.deep.equal([]);
    });
  });
});
