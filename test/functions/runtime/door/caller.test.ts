import { expect } from "chai";
import { callerCheck } from "../../../../functions/runtime/door/caller.ts";
import { HttpError } from "../../../../functions/runtime/errors.ts";
import { AUDIENCE, CALLER, ClientWithKeys, idToken } from "../../../support/runtime-tokens.ts";
import { thrownBy } from "../../../support/thrown-by.ts";

const HOUR = 3600;
const now = (): number => Math.floor(Date.now() / 1000);

async function withoutSignature(claims: object = {}): Promise<string> {
  const token = await idToken(claims);
  return token.replace(/[^.]*$/, "SIGNATURE_REMOVED_BY_GOOGLE");
}

function check(isPrivate: boolean, isReachable = true) {
  return callerCheck({
    audience: AUDIENCE,
    emails: [CALLER],
    isPrivate,
    client: () => Promise.resolve(new ClientWithKeys(isReachable)),
  });
}

describe("callerCheck", () => {
  const bad: Record<string, { status: number; claims?: object; signer?: "stranger" }> = {
    "another audience": { status: 401, claims: { aud: "https://other.run.app" } },
    "an audience with a path": { status: 401, claims: { aud: `${AUDIENCE}/process` } },
    "a list of audiences": { status: 401, claims: { aud: [AUDIENCE] } },
    "another issuer": { status: 401, claims: { iss: "https://issuer.example" } },
    "an expired token": { status: 401, claims: { exp: now() - HOUR } },
    "no expiry": { status: 401, claims: { exp: undefined } },
    "a token of the future": { status: 401, claims: { iat: now() + HOUR, exp: now() + 2 * HOUR } },
    "an unverified e-mail": { status: 401, claims: { email_verified: false } },
    "no e-mail": { status: 401, claims: { email: undefined } },
    "a stranger's signature": { status: 401, signer: "stranger" },
    "another account": { status: 403, claims: { email: "other@p.iam.gserviceaccount.com" } },
  };
  for (const isPrivate of [true, false]) {
    const role = isPrivate ? "private" : "public";
    for (const [what, { status, claims, signer }] of Object.entries(bad)) {
      it(`refuses ${what} with ${status} on a ${role} role`, async () => {
        const authorization = `Bearer ${await idToken(claims, signer)}`;
        const error = await thrownBy(() => check(isPrivate)({ authorization }));
        expect(error).to.be.instanceOf(HttpError).with.property("status", status);
      });
    }

    for (const iss of ["https://accounts.google.com", "accounts.google.com"]) {
      it(`admits a listed caller with a valid signature of ${iss} on a ${role} role`, async () => {
        await check(isPrivate)({ authorization: `Bearer ${await idToken({ iss })}` });
      });
    }
  }

  for (const iss of ["https://accounts.google.com", "accounts.google.com"]) {
    it(`admits a removed signature of ${iss} on a private role only`, async () => {
      const authorization = `Bearer ${await withoutSignature({ iss })}`;
      await check(true)({ authorization });
      const error = await thrownBy(() => check(false)({ authorization }));
      expect(error).to.have.property("status", 401);
    });
  }

  it("looks at the claims of a token whose signature was removed", async () => {
    for (const [what, { status, claims }] of Object.entries(bad)) {
      if (claims === undefined) continue;
      const authorization = `Bearer ${await withoutSignature(claims)}`;
      const error = await thrownBy(() => check(true)({ authorization }));
      expect(error, what).to.have.property("status", status);
    }
  });

  it("takes no other text for a removed signature", async () => {
    const token = await withoutSignature();
    for (const end of ["X", ".SIGNATURE_REMOVED_BY_GOOGLE"]) {
      const error = await thrownBy(() => check(true)({ authorization: `Bearer ${token}${end}` }));
      expect(error).to.have.property("status", 401);
    }
  });

  it("reads X-Serverless-Authorization before Authorization", async () => {
    const good = `Bearer ${await idToken()}`;
    await check(true)({
      authorization: "Bearer of.another.kind",
      "x-serverless-authorization": good,
    });
    const swapped = { authorization: good, "x-serverless-authorization": "Bearer of.another.kind" };
    expect(await thrownBy(() => check(true)(swapped))).to.have.property("status", 401);
  });

  it("refuses what is no bearer token", async () => {
    const headers = [
      undefined,
      "",
      "Bearer",
      "Basic YTpi",
      "Bearer a.b",
      "Bearer a.b.c",
      "Bearer ..",
    ];
    for (const authorization of headers) {
      const error = await thrownBy(() => check(true)({ authorization }));
      expect(error, authorization).to.have.property("status", 401);
    }
  });

  it("answers 503 when Google's certificates cannot be fetched", async () => {
    const authorization = `Bearer ${await idToken()}`;
    const error = await thrownBy(() => check(true, false)({ authorization }));
    expect(error).to.have.property("status", 503);
  });

  it("repeats no part of a token in a message", async () => {
    const token = await idToken({}, "stranger");
    const error = await thrownBy(() => check(true)({ authorization: `Bearer ${token}` }));
    const text = JSON.stringify(error) + String(error);
    for (const part of token.split(".")) expect(text).not.to.include(part);
  });
});
