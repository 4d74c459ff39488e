import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import { decodeJwt, importSPKI, jwtVerify } from "jose";
import { appKey } from "../../../functions/github/app-key.ts";
import { appTokens } from "../../../functions/github/app-tokens.ts";
import { failureOf } from "../../../functions/github/failures.ts";
import { GitHubStub } from "../../support/github-stub.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const KEY = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  // The form that GitHub hands out.
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const MINT = "POST /api/v3/app/installations/42/access_tokens";
const REPOSITORY = { owner: "octo", name: "infra" };
const PERMISSIONS = { contents: "read" } as const;

describe("appTokens", () => {
  let stub: GitHubStub;
  const never = new AbortController().signal;

  before(async () => {
    stub = await GitHubStub.start();
  });
  after(() => stub.stop());
  beforeEach(() => {
    stub.reset();
    const body = { token: "ghs_1", expires_at: "2030-01-01T00:00:00Z", permissions: PERMISSIONS };
    stub.on(MINT, { status: 201, body });
  });

  const mint = (key = KEY.privateKey) =>
    appTokens({
      appId: "123",
      privateKey: () => Promise.resolve(key),
      baseUrl: `${stub.origin}/api/v3/`,
    });

  it("asks for one repository and just these permissions, on the host it is told", async () => {
    expect(await mint()({ ...REPOSITORY, installationId: 42 }, PERMISSIONS, never)).to.equal(
      "ghs_1",
    );
    expect(stub.lines).to.deep.equal([MINT]);
    expect(stub.requests[0]?.body).to.deep.equal({
      repositories: ["infra"],
      permissions: PERMISSIONS,
    });
  });

  it("signs as the App, for ten minutes at most", async () => {
    await mint()({ ...REPOSITORY, installationId: 42 }, PERMISSIONS, never);
    const jwt = stub.requests[0]?.headers.authorization?.replace(/^bearer /, "") ?? "";
    await jwtVerify(jwt, await importSPKI(KEY.publicKey, "RS256"));
    const { iss, iat = 0, exp = 0 } = decodeJwt(jwt);
    expect(String(iss)).to.equal("123");
    expect(exp - iat).to.be.within(60, 600);
  });

  it("takes a key whose line ends are written out", async () => {
    const key = KEY.privateKey.replaceAll("\n", "\\n");
    expect(await mint(key)({ ...REPOSITORY, installationId: 42 }, PERMISSIONS, never)).to.equal(
      "ghs_1",
    );
  });

  it("asks GitHub for the installation where it is not told", async () => {
    stub.on("GET /api/v3/repos/octo/infra/installation", { body: { id: 42 } });
    expect(await mint()(REPOSITORY, PERMISSIONS, never)).to.equal("ghs_1");
    expect(stub.lines).to.deep.equal(["GET /api/v3/repos/octo/infra/installation", MINT]);
  });

  it("makes a new token every time", async () => {
    const tokens = mint();
    await tokens({ ...REPOSITORY, installationId: 42 }, PERMISSIONS, never);
    await tokens({ ...REPOSITORY, installationId: 42 }, PERMISSIONS, never);
    expect(stub.lines).to.deep.equal([MINT, MINT]);
  });

  it("fails with what GitHub says, and without waiting", async () => {
    for (const [status, kind] of [
      [404, "refused"],
      [422, "refused"],
      [503, "transient"],
    ] as const) {
      stub.reset();
      stub.on(MINT, { status, body: { message: "no" } });
      const error = await thrownBy(() =>
        mint()({ ...REPOSITORY, installationId: 42 }, PERMISSIONS, never),
      );
      expect(failureOf(error, 0)?.kind, String(status)).to.equal(kind);
      expect(stub.lines).to.deep.equal([MINT]);
    }
  });

  it("ends when it is aborted", async () => {
    const controller = new AbortController();
    stub.on(MINT, () => {
      controller.abort();
      return undefined;
    });
    const error = await thrownBy(() =>
      mint()({ ...REPOSITORY, installationId: 42 }, PERMISSIONS, controller.signal),
    );
    expect(failureOf(error, 0)?.kind).to.equal("transient");
  });
});

describe("appKey", () => {
  const VERSION = "projects/p/secrets/plan-app-key/versions/latest";
  const client = (data: Uint8Array | null, calls: unknown[] = []) => ({
    accessSecretVersion: (...call: unknown[]) => {
      calls.push(call);
      return Promise.resolve([{ payload: { data } }]);
    },
  });

  it("reads the secret anew every time", async () => {
    const calls: unknown[] = [];
    const key = appKey(VERSION, () => Promise.resolve(client(Buffer.from("pem"), calls) as never));
    expect([await key(), await key()]).to.deep.equal(["pem", "pem"]);
    const call = [{ name: VERSION }, { timeout: 5_000 }];
    expect(calls).to.deep.equal([call, call]);
  });

  it("names the secret that is empty", async () => {
    const key = appKey(VERSION, () => Promise.resolve(client(null) as never));
    expect(await thrownBy(key)).to.have.property("message", `${VERSION} has no payload.`);
  });
});
