import { createSign } from "node:crypto";
import { expect } from "chai";
import { ManualClock } from "../../../../local/clock.ts";
import {
  asApp,
  KEYS,
  mint,
  PLANNER,
  refusal,
  smallHub,
  withToken,
  type Narrowed,
} from "./small-hub.ts";

const HOUR_S = 3600;

/** A JWT as an App signs it, times in seconds from now. */
function jwt(claims: { iss?: string | number; iat?: number; exp?: number } = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const { iss = PLANNER.id, iat = -30, exp = 300 } = claims;
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iss, iat: now + iat, exp: now + exp })}`;
  const signature = createSign("RSA-SHA256").update(signed).sign(KEYS.privateKey, "base64url");
  return `${signed}.${signature}`;
}

async function installed(options: Parameters<typeof smallHub>[0] = {}) {
  const hub = smallHub(options);
  const infra = hub.github.createRepository({ fullName: "acme/infra" });
  const other = hub.github.createRepository({ fullName: "acme/other" });
  const { id } = await hub.github.install("planner", "acme", [infra]);
  return { hub, infra, other, id };
}

describe("GitHub tokens", () => {
  it("gives an installation its App's permissions for an hour", async () => {
    const clock = new ManualClock(Math.ceil(Date.now() / 1000) * 1000);
    const { hub, id } = await installed({ clock });
    const { data } = await asApp(hub).rest.apps.createInstallationAccessToken({
      installation_id: id,
    });
    expect(data).to.deep.equal({
      token: data.token,
      expires_at: new Date(clock.now() + HOUR_S * 1000).toISOString().replace(".000", ""),
      permissions: { ...PLANNER.permissions, metadata: "read" },
      repository_selection: "selected",
    });
    expect(data.token)
      .to.match(/^ghs_77_[\w-]+\.[\w-]+\.[\w-]+$/)
      .and.have.length.above(500);

    await clock.advance({ seconds: HOUR_S - 1 });
    const octokit = withToken(hub, data.token);
    const repo = { owner: "acme", repo: "infra" };
    expect((await octokit.rest.repos.get(repo)).data.full_name).to.equal("acme/infra");
    await clock.advance({ seconds: 1 });
    expect(await refusal(octokit.rest.repos.get(repo))).to.deep.equal({
      status: 401,
      message: "Bad credentials",
    });
  });

  it("keeps the classic format as an option, and per request by its header", async () => {
    const { hub, id } = await installed({ tokenFormat: "classic" });
    const stateless = await asApp(hub).rest.apps.createInstallationAccessToken({
      installation_id: id,
      headers: { "x-github-stateless-s2s-token": "enabled" },
    });
    expect(await mint(hub, id)).to.match(/^ghs_[A-Za-z0-9]{36}$/);
    expect(stateless.data.token).to.match(/^ghs_77_/);
  });

  it("narrows a token to repositories and permissions", async () => {
    const { hub, id, infra } = await installed();
    const { data } = await asApp(hub).rest.apps.createInstallationAccessToken({
      installation_id: id,
      repository_ids: [infra.repository.id],
      permissions: { contents: "read" },
    });
    expect(data.permissions).to.deep.equal({ contents: "read", metadata: "read" });
    expect(data.repositories?.map((each) => each.full_name)).to.deep.equal(["acme/infra"]);

    const octokit = withToken(hub, data.token);
    const pull = { owner: "acme", repo: "infra", issue_number: 1, body: "x" };
    expect(await refusal(octokit.rest.issues.createComment(pull))).to.deep.equal({
      status: 403,
      message: "Resource not accessible by integration",
    });
    expect(hub.github.requests.all.at(-1)).to.deep.equal({
      host: "api.github.com",
      method: "POST",
      path: "/repos/acme/infra/issues/1/comments",
      app: "planner",
      permissions: { contents: "read", metadata: "read" },
      repositories: ["acme/infra"],
      body: '{"body":"x"}',
      status: 403,
    });
  });

  it("refuses permissions that the App lacks, and repositories outside the installation", async () => {
    const { hub, id } = await installed();
    const asked: readonly Narrowed[] = [
      { permissions: { contents: "write" } },
      { permissions: { actions: "read" } },
      { repositories: ["other"] },
      { repositories: ["infra", "missing"] },
    ];
    const refused = await Promise.all(asked.map((each) => refusal(mint(hub, id, each))));
    expect(refused).to.deep.equal([
      { status: 422, message: "The permissions requested are not granted to this installation." },
      { status: 422, message: "The permissions requested are not granted to this installation." },
      ...Array<object>(2).fill({
        status: 422,
        message:
          "There is at least one repository that does not exist or is not accessible to the parent installation.",
      }),
    ]);
  });

  it("hides a repository that a token does not cover", async () => {
    const { hub, id } = await installed();
    const octokit = withToken(hub, await mint(hub, id));
    expect(await refusal(octokit.rest.repos.get({ owner: "acme", repo: "other" }))).to.deep.equal({
      status: 404,
      message: "Not Found",
    });
  });

  it("reaches a repository as soon as it is added to the installation", async () => {
    const hub = smallHub();
    const first = hub.github.createRepository({ fullName: "acme/infra" });
    const second = hub.github.createRepository({ fullName: "acme/other" });
    const installation = await hub.github.install("planner", "acme", [first]);
    const octokit = withToken(hub, await mint(hub, installation.id));
    await hub.github.addToInstallation(installation, second);
    const { data } = await octokit.rest.repos.get({ owner: "acme", repo: "other" });
    expect(data.full_name).to.equal("acme/other");
    const told = hub.github.deliveries.map(({ event, action }) => `${event}.${action}`);
    expect(told).to.deep.equal(["installation.created", "installation_repositories.added"]);
  });

  it("ends a token that is revoked, and all when the App is uninstalled", async () => {
    const hub = smallHub();
    hub.github.createRepository({ fullName: "acme/infra" });
    const installation = await hub.github.install("planner", "acme");
    const revoked = withToken(hub, await mint(hub, installation.id));
    const orphaned = withToken(hub, await mint(hub, installation.id));
    await revoked.rest.apps.revokeInstallationAccessToken();
    await hub.github.uninstall(installation);
    for (const octokit of [revoked, orphaned]) {
      const call = octokit.rest.repos.get({ owner: "acme", repo: "infra" });
      expect(await refusal(call)).to.deep.equal({ status: 401, message: "Bad credentials" });
    }
  });

  const badJwts = {
    "of an unknown App": [{ iss: 78 }, 404, /Integration not found/],
    expired: [{ exp: -1 }, 401, /'Expiration time' claim \('exp'\) must be a numeric value/],
    "from the future": [{ iat: 120 }, 401, /'Issued at' claim \('iat'\) must be an Integer/],
    "for longer than ten minutes": [{ exp: 660 }, 401, /'exp'\) is too far in the future/],
  } as const;
  for (const [what, [claims, status, message]] of Object.entries(badJwts)) {
    it(`refuses a JWT ${what}`, async () => {
      const refused = await refusal(withToken(smallHub(), jwt(claims)).request("GET /app"));
      expect(refused.status).to.equal(status);
      expect(refused.message).to.match(message);
    });
  }

  it("refuses a JWT that another key signed, and takes one that this App signed", async () => {
    const good = jwt();
    const [header = "", payload = ""] = good.split(".");
    const hub = smallHub();
    const forged = `${header}.${payload}.${Buffer.from("forged").toString("base64url")}`;
    expect(await refusal(withToken(hub, forged).request("GET /app"))).to.deep.equal({
      status: 401,
      message: "A JSON web token could not be decoded",
    });
    expect((await withToken(hub, good).request("GET /app")).data?.slug).to.equal("planner");
  });

  it("finds the installation of a repository, for its App only", async () => {
    const { hub, id } = await installed();
    const app = asApp(hub).rest.apps;
    const { data } = await app.getRepoInstallation({ owner: "acme", repo: "infra" });
    expect(data.id).to.equal(id);
    const uncovered = app.getRepoInstallation({ owner: "acme", repo: "other" });
    expect((await refusal(uncovered)).status).to.equal(404);
    const byToken = withToken(hub, await mint(hub, id)).request("GET /app");
    expect((await refusal(byToken)).status).to.equal(401);
  });
});
