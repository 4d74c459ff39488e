import { expect } from "chai";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { createIssuer, uniqueId } from "../../../local/identity/issuer.ts";
import type { LogEntry } from "../../../local/log.ts";
import { startMetadataServer, type MetadataServer } from "../../../local/identity/metadata.ts";

const EMAIL = "enqueuer-api@demo.iam.gserviceaccount.com";
const SCOPES = [
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/userinfo.email",
  "openid",
];

describe("metadata server", () => {
  const issuer = createIssuer();
  const lines: LogEntry[] = [];
  let server: MetadataServer;

  const start = (email: string): Promise<MetadataServer> =>
    startMetadataServer({
      email,
      projectId: "demo",
      projectNumber: "123456789012",
      region: "us-central1",
      issuer,
      log: (entry) => void lines.push(entry),
    });

  before(async () => {
    server = await start(EMAIL);
  });
  after(() => server.stop());

  async function get(
    path: string,
    headers: Record<string, string> = { "metadata-flavor": "Google" },
  ): Promise<{ status: number; body: string; flavor: string | null }> {
    const response = await fetch(`http://${server.host}${path}`, { headers });
    const flavor = response.headers.get("metadata-flavor");
    return { status: response.status, body: await response.text(), flavor };
  }

  /** The status for a request with that Host header, or, in HTTP/1.0, without one. */
  async function statusFor(host: string | undefined): Promise<number> {
    const socket = connect(Number(server.host.split(":")[1]), "127.0.0.1");
    const lines = host === undefined ? ["GET / HTTP/1.0"] : ["GET / HTTP/1.1", `Host: ${host}`];
    socket.write([...lines, "Connection: close", "", ""].join("\r\n"));
    return Number((await text(socket)).split(" ")[1]);
  }

  it("says in the log whom it refused, once a second", async () => {
    lines.length = 0;
    for (let i = 0; i < 3; i++) await statusFor("evil.example");
    expect(lines).to.deep.equal([
      {
        source: "metadata",
        severity: "WARNING",
        message: `the metadata server of ${EMAIL}: Answered 403: it is not known as evil.example`,
      },
    ]);
  });

  it("takes whatever begins with slashes for a path", async () => {
    expect(await get("//evil.example/computeMetadata/v1/instance/region")).to.include({
      status: 404,
    });
  });

  const VALUES: readonly [path: string, body: string][] = [
    ["project/project-id", "demo"],
    ["project/numeric-project-id", "123456789012"],
    ["instance/region", "projects/123456789012/regions/us-central1"],
    ["instance/zone", "projects/123456789012/zones/us-central1-1"],
    ["instance/id", uniqueId(EMAIL)],
    ["universe/universe-domain", "googleapis.com"],
    ["instance/service-accounts/", `default/\n${EMAIL}/\n`],
    ["instance/service-accounts/default/email", EMAIL],
    [`instance/service-accounts/${EMAIL}/email`, EMAIL],
    [`instance/service-accounts/${encodeURIComponent(EMAIL)}/email`, EMAIL],
    ["instance/service-accounts/default/scopes", `${SCOPES.join("\n")}\n`],
    ["instance", "id\nregion\nservice-accounts/\nzone\n"],
  ];
  for (const [path, body] of VALUES) {
    it(`answers ${path}`, async () => {
      const answer = await get(`/computeMetadata/v1/${path}`);

      expect(answer).to.deep.equal({ status: 200, body, flavor: "Google" });
    });
  }

  it("answers a ping of its root without the header", async () => {
    expect(await get("/", {})).to.deep.equal({
      status: 200,
      body: "computeMetadata/\n",
      flavor: "Google",
    });
  });

  it("refuses a request without the header, or a forwarded one", async () => {
    const path = "/computeMetadata/v1/instance/service-accounts/default/token";
    const without = await get(path, {});
    const forwarded = await get(path, {
      "metadata-flavor": "Google",
      "x-forwarded-for": "1.1.1.1",
    });

    expect([without.status, without.flavor]).to.deep.equal([403, "Google"]);
    expect(forwarded.status).to.equal(403);
  });

  it("answers for its own names only, so that no web page reaches it by a name of its own", async () => {
    const port = server.host.split(":")[1] ?? "";
    const good = [
      ...[server.host, `localhost:${port}`, `LOCALHOST:${port}`],
      ...["metadata.google.internal", "169.254.169.254"],
    ];
    const bad = ["evil.test", `evil.test:${port}`, "127.0.0.1", "localhost", "127.0.0.1:1", ""];
    const statuses = await Promise.all([...good, ...bad].map((host) => statusFor(host)));

    expect(statuses).to.deep.equal([...good.map(() => 200), ...bad.map(() => 403)]);
    expect(await statusFor(undefined)).to.equal(200);
  });

  it("gives an access token of its account", async () => {
    const path = "/computeMetadata/v1/instance/service-accounts/default/token?scopes=a,b";
    const token = JSON.parse((await get(path)).body) as Record<string, unknown>;

    expect(issuer.callerOf(String(token.access_token))).to.deep.equal({
      principal: `serviceAccount:${EMAIL}`,
    });
    expect(token).to.deep.include({ expires_in: 3600, token_type: "Bearer" });
  });

  it("gives an ID token for the asked audience, and insists on one", async () => {
    const path = "/computeMetadata/v1/instance/service-accounts/default/identity";
    const { body } = await get(`${path}?audience=https://a.test&format=full`);
    const missing = await get(path);

    expect(await issuer.verifyIdToken(body)).to.deep.include({
      email: EMAIL,
      audience: "https://a.test",
    });
    expect(missing.status).to.equal(400);
  });

  it("gives a whole folder as JSON, without tokens", async () => {
    const { body } = await get(`/computeMetadata/v1/instance/service-accounts/?recursive=true`);
    const account = { aliases: ["default"], email: EMAIL, scopes: SCOPES };

    expect(JSON.parse(body)).to.deep.equal({ default: account, [EMAIL]: account });
  });

  it("does not know anything else", async () => {
    const paths = ["/computeMetadata/v1/nothing", "/other", "/computeMetadata/v1/constructor"];
    const answers = await Promise.all(paths.map((path) => get(path)));

    expect(answers.map(({ status }) => status)).to.deep.equal([404, 404, 404]);
  });

  it("serves a person's identity as well", async () => {
    const developer = await start("developer@example.com");
    const response = await fetch(
      `http://${developer.host}/computeMetadata/v1/instance/service-accounts/default/token`,
      { headers: { "metadata-flavor": "Google" } },
    );
    const token = (await response.json()) as { access_token: string };
    await developer.stop();

    expect(issuer.callerOf(token.access_token)).to.deep.equal({
      principal: "user:developer@example.com",
    });
  });
});
