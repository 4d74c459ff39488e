/**
 * Signs tokens as Google would, with a key that exists only in this process.
 * Claims: developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload.
 */
import { createHash } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { createAccessTokens, type AccessTokens } from "./access-token.ts";
import { AccountKeys } from "./account-keys.ts";
import { makeSigningKey, published, type PublishedKey } from "./signing-key.ts";

export const ISSUER = "https://accounts.google.com";

/** What a private Cloud Run service finds in place of the signature (cloud.google.com/run/docs/troubleshooting). */
export const REMOVED_SIGNATURE = "SIGNATURE_REMOVED_BY_GOOGLE";

/** Of the certificate with Google's key. */
const COMMON_NAME = "federated-signon.system.gserviceaccount.com";

const LIFETIME_S = 60 * 60;

/** A token is handed out again until this little of its life is left, as the metadata server does. */
const RENEW_BEFORE_S = 5 * 60;

/** Far more than the pairs of caller and audience of one platform. */
const MAX_REMEMBERED = 1000;

/** What a verified ID token says. */
export interface IdentityClaims {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly audience: string;
  /** The account's numeric unique id. */
  readonly subject: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** For whom an ID token is, and who is to take it. */
export interface IdTokenRequest {
  readonly email: string;
  readonly audience: string;
  /** Whether the token says the email, beside the account's number. Default: it does. */
  readonly withEmail?: boolean;
  /** Whether the authorized party is the email, in place of the account's number. Default: it is not. */
  readonly emailAsParty?: boolean;
}

export interface Issuer extends AccessTokens {
  /** An ID token (RS256, one hour). The same one again for an equal request until it is nearly over. */
  readonly idToken: (request: IdTokenRequest) => Promise<string>;
  /** The claims of an ID token of this issuer; undefined where signature, issuer or expiry is wrong. Judges no audience. */
  readonly verifyIdToken: (token: string) => Promise<IdentityClaims | undefined>;
  /** The key with which ID tokens can be checked. */
  readonly publishedKey: () => Promise<PublishedKey>;
  /** The keys of service accounts themselves. */
  readonly accountKeys: AccountKeys;
}

interface Remembered<T> {
  readonly value: T;
  /** Seconds since the epoch. */
  readonly until: number;
}

/**
 * Returns at once: the RSA key is made in the background, and whoever needs it first waits for it.
 * Tokens live in wall time (`now`, milliseconds since the epoch), whatever clock the simulators follow.
 */
export function createIssuer({ now = Date.now }: { readonly now?: () => number } = {}): Issuer {
  const signingKey = makeSigningKey();
  // A failure belongs to whoever asks for a token, not to the process.
  signingKey.catch(() => undefined);
  let publishedKey: Promise<PublishedKey> | undefined;
  const tokens = new Map<string, Remembered<Promise<string>>>();
  const verified = new Map<string, Remembered<IdentityClaims>>();

  const nowSeconds = (): number => Math.floor(now() / 1000);

  async function sign(request: Required<IdTokenRequest>, at: number): Promise<string> {
    const { email, audience, withEmail, emailAsParty } = request;
    const { id, privateKey } = await signingKey;
    const subject = uniqueId(email);
    return new SignJWT({
      ...(withEmail && { email, email_verified: true }),
      azp: emailAsParty ? email : subject,
    })
      .setProtectedHeader({ alg: "RS256", kid: id, typ: "JWT" })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(at)
      .setExpirationTime(at + LIFETIME_S)
      .sign(privateKey);
  }

  async function verify(token: string): Promise<IdentityClaims | undefined> {
    const { publicKey } = await signingKey;
    const result = await jwtVerify(token, publicKey, {
      issuer: ISSUER,
      algorithms: ["RS256"],
      requiredClaims: ["exp", "email", "sub", "aud"],
      currentDate: new Date(now()),
    }).catch(() => undefined);
    if (result === undefined) return undefined;
    const { aud, sub, exp, email, email_verified: emailVerified } = result.payload;
    if (typeof email !== "string" || typeof aud !== "string") return undefined;
    if (sub === undefined || exp === undefined) return undefined;
    return {
      email,
      emailVerified: emailVerified === true,
      audience: aud,
      subject: sub,
      expiresAt: exp,
    };
  }

  return {
    ...createAccessTokens(now),
    idToken: ({ email, audience, withEmail = true, emailAsParty = false }) => {
      const at = nowSeconds();
      const name = [email, audience, withEmail, emailAsParty].join("\n");
      const known = recall(tokens, name, at);
      if (known !== undefined) return known;
      const token = sign({ email, audience, withEmail, emailAsParty }, at);
      remember(tokens, name, { value: token, until: at + LIFETIME_S - RENEW_BEFORE_S });
      return token;
    },
    verifyIdToken: async (token) => {
      const known = recall(verified, token, nowSeconds());
      if (known !== undefined) return known;
      const claims = await verify(token);
      if (claims !== undefined) {
        remember(verified, token, { value: claims, until: claims.expiresAt });
      }
      return claims;
    },
    publishedKey: () => (publishedKey ??= signingKey.then((key) => published(key, COMMON_NAME))),
    accountKeys: new AccountKeys(),
  };
}

/** The token as a private Cloud Run service sees it. Anything that is not a signed token is returned as it is. */
export function stripSignature(token: string): string {
  const parts = token.split(".");
  return parts.length === 3 ? [parts[0], parts[1], REMOVED_SIGNATURE].join(".") : token;
}

/** A number of 21 digits as Google gives to each account, always the same for the same email. */
export function uniqueId(email: string): string {
  const hash = BigInt(`0x${createHash("sha256").update(email).digest("hex")}`);
  return String(10n ** 20n + (hash % 10n ** 20n));
}

function recall<T>(memory: Map<string, Remembered<T>>, name: string, at: number): T | undefined {
  const entry = memory.get(name);
  return entry !== undefined && entry.until > at ? entry.value : undefined;
}

function remember<T>(memory: Map<string, Remembered<T>>, name: string, entry: Remembered<T>): void {
  memory.delete(name);
  memory.set(name, entry);
  const [oldest] = memory.keys();
  if (memory.size > MAX_REMEMBERED && oldest !== undefined) memory.delete(oldest);
}
