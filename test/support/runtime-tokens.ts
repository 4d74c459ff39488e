import { generateKeyPairSync } from "node:crypto";
import { OAuth2Client } from "google-auth-library";
import { SignJWT } from "jose";

const KEY_ID = "test-key";
const GOOGLE = generateKeyPairSync("rsa", { modulusLength: 2048 });
const STRANGER = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const AUDIENCE = "https://brain-1.us-central1.run.app";
export const CALLER = "tasks-dispatcher@p.iam.gserviceaccount.com";

/** An ID token as Google makes it, with the difference of `claims`; signed by a stranger if asked. */
export function idToken(
  claims: object = {},
  signer: "google" | "stranger" = "google",
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: "https://accounts.google.com",
    aud: AUDIENCE,
    sub: "1",
    email: CALLER,
    email_verified: true,
    iat: now,
    exp: now + 3600,
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "RS256", kid: KEY_ID })
    .sign((signer === "google" ? GOOGLE : STRANGER).privateKey);
}

/** google-auth-library's client with our key in place of Google's certificates, or with none to be had. */
export class ClientWithKeys extends OAuth2Client {
  readonly #isReachable: boolean;

  constructor(isReachable = true) {
    super();
    this.#isReachable = isReachable;
  }

  override getFederatedSignonCertsAsync(): ReturnType<
    OAuth2Client["getFederatedSignonCertsAsync"]
  > {
    if (!this.#isReachable) return Promise.reject(new Error("unreachable"));
    const certs = { [KEY_ID]: GOOGLE.publicKey.export({ type: "spki", format: "pem" }).toString() };
    return Promise.resolve({ certs, format: "PEM" as never });
  }
}
