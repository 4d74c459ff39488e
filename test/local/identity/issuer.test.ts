import { expect } from "chai";
import fc from "fast-check";
import { decodeJwt, decodeProtectedHeader } from "jose";
import {
  createIssuer,
  stripSignature,
  uniqueId,
  type Issuer,
} from "../../../local/identity/issuer.ts";

const ACCOUNT = {
  email: "tasks-dispatcher@demo.iam.gserviceaccount.com",
  audience: "https://brain-1.us-central1.run.app",
};
const START = Date.parse("2026-01-01T00:00:00Z");
const SECOND = 1000;

describe("issuer", () => {
  let now = START;
  let issuer: Issuer;

  beforeEach(() => {
    now = START;
    issuer = createIssuer({ now: () => now });
  });

  describe("ID tokens", () => {
    it("have the claims of Google's", async () => {
      const token = await issuer.idToken(ACCOUNT);
      const { id } = await issuer.publishedKey();

      expect(decodeProtectedHeader(token)).to.deep.equal({ alg: "RS256", kid: id, typ: "JWT" });
      expect(decodeJwt(token)).to.deep.equal({
        iss: "https://accounts.google.com",
        aud: ACCOUNT.audience,
        azp: uniqueId(ACCOUNT.email),
        sub: uniqueId(ACCOUNT.email),
        email: ACCOUNT.email,
        email_verified: true,
        iat: START / SECOND,
        exp: START / SECOND + 3600,
      });
    });

    it("are the same for the same account and audience until they are nearly over", async () => {
      const first = await issuer.idToken(ACCOUNT);
      const other = await issuer.idToken({ ...ACCOUNT, audience: "https://b.test" });
      now += 54 * 60 * SECOND;
      const later = await issuer.idToken(ACCOUNT);
      now += 60 * SECOND;
      const last = await issuer.idToken(ACCOUNT);

      expect(later).to.equal(first);
      expect(last).not.to.equal(first);
      expect(other).not.to.equal(first);
    });

    it("are verified with what they say", async () => {
      expect(await issuer.verifyIdToken(await issuer.idToken(ACCOUNT))).to.deep.equal({
        email: ACCOUNT.email,
        emailVerified: true,
        audience: ACCOUNT.audience,
        subject: uniqueId(ACCOUNT.email),
        expiresAt: START / SECOND + 3600,
      });
    });

    it("are refused once they are over, were changed, lost their signature or come from another issuer", async () => {
      const fresh = await issuer.idToken(ACCOUNT);
      await issuer.verifyIdToken(fresh);
      const foreign = await createIssuer({ now: () => now }).idToken(ACCOUNT);
      const [header = "", payload = "", signature = ""] = fresh.split(".");
      const other = await issuer.idToken({ ...ACCOUNT, email: "user@example.com" });
      const mixed = [header, other.split(".")[1], signature].join(".");
      const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;

      for (const token of [foreign, mixed, unsigned, stripSignature(fresh), "", "a.b.c"]) {
        expect(await issuer.verifyIdToken(token), token).to.equal(undefined);
      }
      now += 3600 * SECOND;
      expect(await issuer.verifyIdToken(fresh)).to.equal(undefined);
    });

    it("lose their signature as behind Cloud Run", async () => {
      const token = await issuer.idToken(ACCOUNT);
      const [header, payload] = token.split(".");

      expect(stripSignature(token)).to.equal(`${header}.${payload}.SIGNATURE_REMOVED_BY_GOOGLE`);
      expect(stripSignature("opaque")).to.equal("opaque");
    });

    it("name an account by a number of 21 digits", () => {
      fc.assert(
        fc.property(fc.emailAddress(), (email) => {
          expect(uniqueId(email)).to.match(/^1\d{20}$/);
          expect(uniqueId(email)).to.equal(uniqueId(email));
        }),
      );
    });
  });

  describe("access tokens", () => {
    const principal = "user:developer@example.com";

    it("say whose they are for an hour", () => {
      const { token, expiresIn } = issuer.accessToken({ principal });

      expect(issuer.callerOf(token)).to.deep.equal({ principal });
      now += expiresIn * SECOND - 1;
      expect(issuer.callerOf(token)).to.deep.equal({ principal });
      now += 1;
      expect(issuer.callerOf(token)).to.equal(undefined);
    });

    it("are refused by another issuer", () => {
      const { token } = issuer.accessToken({ principal });

      expect(createIssuer().callerOf(token)).to.equal(undefined);
    });

    it("are refused with any character changed", () => {
      const { token } = issuer.accessToken({ principal });
      const index = fc.nat(token.length - 2);
      fc.assert(
        fc.property(index, fc.stringMatching(/^[\w.-]$/), (at, character) => {
          fc.pre(token[at] !== character);
          const changed = token.slice(0, at) + character + token.slice(at + 1);
          expect(issuer.callerOf(changed)).to.equal(undefined);
        }),
      );
    });

    describe("with a boundary", () => {
      const rule = {
        availableResource: "//storage.googleapis.com/projects/_/buckets/b",
        availablePermissions: ["inRole:roles/storage.objectViewer"],
      };
      const boundary = [rule];

      it("say whose they are and within what, for as long as the token that they narrow", () => {
        const { token, expiresIn } = issuer.accessToken({ principal });
        now += 600 * SECOND;
        const narrowed = issuer.narrowed(token, boundary);
        expect(narrowed?.expiresIn).to.equal(expiresIn - 600);
        const own = narrowed?.token ?? "";
        expect(issuer.callerOf(own)).to.deep.equal({ principal, boundary });
        expect(issuer.callerOf(token)).to.deep.equal({ principal });
        now += (expiresIn - 600) * SECOND;
        expect(issuer.callerOf(own)).to.equal(undefined);
      });

      it("stay short, however long the boundary is", () => {
        const long = { ...rule, availabilityCondition: { expression: "x".repeat(2048) } };
        const { token } = issuer.accessToken({ principal });
        const narrowed = issuer.narrowed(
          token,
          Array.from({ length: 10 }, () => long),
        );
        expect(narrowed?.token).to.have.length.below(1000);
      });

      it("keep theirs when others are made, and when others are over", () => {
        const first = issuer.narrowed(issuer.accessToken({ principal }).token, boundary);
        now += 3000 * SECOND;
        const other = [{ ...rule, availablePermissions: ["inRole:roles/storage.objectCreator"] }];
        const second = issuer.narrowed(issuer.accessToken({ principal }).token, other);
        expect(issuer.callerOf(first?.token ?? "")).to.deep.equal({ principal, boundary });
        const again = issuer.narrowed(issuer.accessToken({ principal }).token, boundary);
        now += 3000 * SECOND;
        issuer.narrowed(issuer.accessToken({ principal }).token, other);
        expect(issuer.callerOf(first?.token ?? "")).to.equal(undefined);
        expect(issuer.callerOf(second?.token ?? "")).to.deep.equal({ principal, boundary: other });
        expect(issuer.callerOf(again?.token ?? "")).to.deep.equal({ principal, boundary });
      });

      it("are not made of what is no good token, nor of one that has a boundary", () => {
        expect(issuer.narrowed("ya29.local.x.y", boundary)).to.equal(undefined);
        const narrowed = issuer.narrowed(issuer.accessToken({ principal }).token, boundary);
        expect(() => issuer.narrowed(narrowed?.token ?? "", boundary)).to.throw(
          "The token has a boundary already.",
        );
      });
    });

    it("are not to be had from garbage", () => {
      fc.assert(
        fc.property(fc.string(), (garbage) => {
          expect(issuer.callerOf(garbage)).to.equal(undefined);
          expect(issuer.callerOf(`ya29.local.${garbage}`)).to.equal(undefined);
        }),
      );
    });
  });
});
