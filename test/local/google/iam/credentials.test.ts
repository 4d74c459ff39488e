import { expect } from "chai";
import fc from "fast-check";
import { createPublicKey, verify } from "node:crypto";
import { decodeJwt, importJWK, jwtVerify } from "jose";
import { answerRest } from "../../../../local/gateway/rest-simulator.ts";
import { iamCredentials } from "../../../../local/google/iam/credentials/index.ts";
import { denial } from "../../../../local/google/iam/denial.ts";
import { bodyOf } from "../../../../local/http/message.ts";
import { createIssuer } from "../../../../local/identity/issuer.ts";
import { FakeCloud } from "../../../support/fake-cloud.ts";

const EMAIL = "signer@switchyard-dev.iam.gserviceaccount.com";
const FIRST = "first@switchyard-dev.iam.gserviceaccount.com";
const SECOND = "second@switchyard-dev.iam.gserviceaccount.com";
const CALLER = "serviceAccount:producer@switchyard-dev.iam.gserviceaccount.com";
const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

interface Answer {
  readonly status: number;
  readonly body: {
    readonly [field: string]: unknown;
    readonly error?: { readonly message: string; readonly status: string };
  };
}

describe("the Service Account Credentials API", () => {
  const issuer = createIssuer();
  let cloud: FakeCloud;

  beforeEach(() => {
    cloud = new FakeCloud();
    for (const email of [EMAIL, FIRST, SECOND]) cloud.accounts.add(email);
    Object.assign(cloud, { identity: issuer });
  });

  async function ask(method: string, body: unknown, account = EMAIL): Promise<Answer> {
    const path = `/v1/projects/-/serviceAccounts/${account}:${method}`;
    return askAt(path, JSON.stringify(body));
  }

  async function askAt(path: string, body: string, verb = "POST"): Promise<Answer> {
    const answer = await answerRest(
      iamCredentials(cloud),
      {
        method: verb,
        url: new URL(`https://iamcredentials.googleapis.com${path}`),
        headers: [["authorization", "Bearer token"]],
        body: Buffer.from(body),
      },
      { cloud, callerOf: () => ({ principal: CALLER }) },
    );
    const text = (await bodyOf(answer)).toString();
    return { status: answer.status, body: JSON.parse(text) as Answer["body"] };
  }

  const asked = (): unknown =>
    cloud.questions.map(({ principal, permission, resource }) => [principal, permission, resource]);
  const on = (email: string): string => `projects/switchyard-dev/serviceAccounts/${email}`;

  const REQUESTS: [method: string, permission: string, body: object][] = [
    ["generateAccessToken", "getAccessToken", { scope: [CLOUD_PLATFORM] }],
    ["generateIdToken", "getOpenIdToken", { audience: "https://a.test" }],
    ["signBlob", "signBlob", { payload: "aGVsbG8=" }],
    ["signJwt", "signJwt", { payload: '{"sub":"x"}' }],
  ];

  for (const [method, permission, body] of REQUESTS) {
    describe(method, () => {
      it(`needs iam.serviceAccounts.${permission} on the account`, async () => {
        expect((await ask(method, body)).status).to.equal(200);
        expect(asked()).to.deep.equal([[CALLER, `iam.serviceAccounts.${permission}`, on(EMAIL)]]);
        cloud.refused.add(`iam.serviceAccounts.${permission}`);
        expect((await ask(method, body)).status).to.equal(403);
      });

      it("is handed on by delegates, of whom each needs it of the next", async () => {
        const delegates = [FIRST, SECOND].map((email) => `projects/-/serviceAccounts/${email}`);
        expect((await ask(method, { ...body, delegates })).status).to.equal(200);
        expect(asked()).to.deep.equal([
          [CALLER, "iam.serviceAccounts.implicitDelegation", on(FIRST)],
          [`serviceAccount:${FIRST}`, "iam.serviceAccounts.implicitDelegation", on(SECOND)],
          [`serviceAccount:${SECOND}`, `iam.serviceAccounts.${permission}`, on(EMAIL)],
        ]);
      });

      it("does not find an account that is not declared, nor a delegate", async () => {
        const stranger = "stranger@switchyard-dev.iam.gserviceaccount.com";
        const delegates = [`projects/-/serviceAccounts/${stranger}`];
        for (const answer of [
          await ask(method, body, stranger),
          await ask(method, { ...body, delegates }),
        ]) {
          expect([answer.status, answer.body.error?.message]).to.deep.equal([
            404,
            `Not found; Gaia id not found for email ${stranger}`,
          ]);
        }
        expect(asked()).to.deep.equal([]);
      });

      it("refuses a field that it does not know", async () => {
        expect((await ask(method, { ...body, extra: 1 })).status).to.equal(400);
      });

      it("answers any JSON with a refusal of ours", async () => {
        await fc.assert(
          fc.asyncProperty(fc.json(), async (text) => {
            const path = `/v1/projects/-/serviceAccounts/${EMAIL}:${method}`;
            expect((await askAt(path, text)).status).to.equal(400);
          }),
          { numRuns: 50 },
        );
      });
    });
  }

  it("gives access tokens of the account, for an hour or for less", async () => {
    const before = Math.floor(Date.now() / 1000);
    const { body } = await ask("generateAccessToken", {
      scope: [CLOUD_PLATFORM],
      lifetime: "300s",
    });
    expect(issuer.callerOf(String(body.accessToken))).to.deep.equal({
      principal: `serviceAccount:${EMAIL}`,
    });
    expect(String(body.expireTime)).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(String(body.expireTime)) / 1000 - before).to.be.within(300, 305);
    const whole = await ask("generateAccessToken", { scope: ["openid", CLOUD_PLATFORM] });
    expect(Date.parse(String(whole.body.expireTime)) / 1000 - before).to.be.within(3600, 3605);
  });

  const refused: [what: string, body: object, status: number, sentence: string][] = [
    [
      "more than an hour",
      { scope: [CLOUD_PLATFORM], lifetime: "3601s" },
      400,
      "lifetime: The access token lifetime cannot exceed 3600 seconds.",
    ],
    [
      "no time",
      { scope: [CLOUD_PLATFORM], lifetime: "0s" },
      400,
      "lifetime: must be at least a second",
    ],
    [
      "a lifetime without its unit",
      { scope: [CLOUD_PLATFORM], lifetime: "60" },
      400,
      "lifetime: must be",
    ],
    ["no scope", { scope: [] }, 400, "scope: is required"],
    [
      "a scope that gives less",
      { scope: ["https://www.googleapis.com/auth/devstorage.read_only"] },
      501,
      "devstorage.read_only alone is not simulated",
    ],
    ["a scope that gives nothing", { scope: ["openid"] }, 501, "openid alone is not simulated"],
    [
      "a delegate without its name",
      { scope: [CLOUD_PLATFORM], delegates: [FIRST] },
      400,
      "delegates.0",
    ],
  ];
  for (const [what, body, status, sentence] of refused) {
    it(`gives no access token with ${what}`, async () => {
      const answer = await ask("generateAccessToken", body);
      expect(answer.status).to.equal(status);
      expect(answer.body.error?.message).to.include(sentence);
    });
  }

  it("gives ID tokens that say the email only where they are to", async () => {
    const audience = "https://a.test";
    const bare = await ask("generateIdToken", { audience });
    const full = await ask("generateIdToken", { audience, includeEmail: true });
    const [without, withEmail] = [bare, full].map(({ body }) => decodeJwt(String(body.token)));
    expect([without?.aud, without?.email]).to.deep.equal([audience, undefined]);
    expect([withEmail?.aud, withEmail?.email]).to.deep.equal([audience, EMAIL]);
    const azp = await ask("generateIdToken", { audience, useEmailAzp: true });
    expect(decodeJwt(String(azp.body.token)).azp).to.equal(EMAIL);
    expect(without?.azp).to.equal(without?.sub);
    expect((await issuer.verifyIdToken(String(full.body.token)))?.email).to.equal(EMAIL);
  });

  it("signs with a key of the account, which is published and no other's", async () => {
    const { body } = await ask("signBlob", { payload: Buffer.from("hello").toString("base64") });
    const signature = Buffer.from(String(body.signedBlob), "base64");
    const isOf = async (email: string): Promise<boolean> => {
      const { jwk } = await issuer.accountKeys.published(email);
      const key = createPublicKey({ key: jwk, format: "jwk" });
      return verify("sha256", Buffer.from("hello"), key, signature);
    };
    expect([await isOf(EMAIL), await isOf(FIRST)]).to.deep.equal([true, false]);
    expect(body.keyId).to.equal((await issuer.accountKeys.published(EMAIL)).id);
  });

  it("signs claims as they are, and none that are over or last more than twelve hours", async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: EMAIL, aud: "x", exp: now + 600 };
    const { body } = await ask("signJwt", { payload: JSON.stringify(claims) });
    const { jwk } = await issuer.accountKeys.published(EMAIL);
    const { payload } = await jwtVerify(String(body.signedJwt), await importJWK(jwk));
    expect(payload).to.deep.equal(claims);
    for (const exp of [now - 1, now + 12 * 3600 + 60, "soon"]) {
      const answer = await ask("signJwt", { payload: JSON.stringify({ exp }) });
      expect(answer.status, String(exp)).to.equal(400);
    }
    for (const payload of ["x", "1", "[]"]) {
      expect((await ask("signJwt", { payload })).status, payload).to.equal(400);
    }
  });

  it("reads no more than a megabyte", async () => {
    const answer = await ask("signBlob", { payload: "A".repeat(1024 * 1024) });
    expect([answer.status, answer.body.error?.message]).to.deep.equal([
      400,
      "The request is too large.",
    ]);
  });

  it("refuses other methods and other projects by name", async () => {
    const path = `/v1/projects/-/serviceAccounts/${EMAIL}:`;
    expect((await askAt(`${path}signBlob?x=1`, "{}")).status).to.equal(501);
    expect((await askAt(`${path}generateIdentityBindingAccessToken`, "{}")).status).to.equal(501);
    expect((await askAt(`${path}toString`, "{}")).status).to.equal(501);
    expect((await askAt(`${path}signBlob`, "{}", "GET")).status).to.equal(501);
    expect((await askAt(path.replace("-", "demo") + "signBlob", "{}")).status).to.equal(400);
  });

  it("denies in its own words, and what else concerns accounts in the usual ones", () => {
    const request = { principal: CALLER, resource: on(EMAIL) } as const;
    const usual = (resource: string): string => `usual ${resource}`;
    expect(denial({ ...request, permission: "iam.serviceAccounts.signBlob" }, usual)).to.equal(
      "Permission 'iam.serviceAccounts.signBlob' denied on resource (or it may not exist).",
    );
    expect(denial({ ...request, permission: "iam.serviceAccounts.actAs" }, usual)).to.equal(
      `usual ${EMAIL}`,
    );
  });
});
