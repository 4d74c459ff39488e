/** An RSA key that signs as Google's do, and the shapes in which Google publishes what checks it. */
import { createHash, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { exportJWK, type JWK } from "jose";
import { certificate, signingExtensions } from "./certificate.ts";

const generateKeyPairAsync = promisify(generateKeyPair);

export interface SigningKey {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** What anybody may have of a key, in both shapes in which Google publishes it. */
export interface PublishedKey {
  readonly id: string;
  readonly jwk: JWK;
  readonly certificatePem: string;
}

export async function makeSigningKey(): Promise<SigningKey> {
  const keys = await generateKeyPairAsync("rsa", { modulusLength: 2048 });
  const der = keys.publicKey.export({ type: "spki", format: "der" });
  return { ...keys, id: createHash("sha256").update(der).digest("hex").slice(0, 40) };
}

/** The certificate signs itself, as Google's do, under the common name. */
export async function published(
  { id, publicKey, privateKey }: SigningKey,
  commonName: string,
): Promise<PublishedKey> {
  const certificatePem = await certificate({
    commonName,
    publicKey,
    notBefore: new Date(Date.now() - 60 * 60 * 1000),
    notAfter: new Date(Date.now() + 30 * 24 * 60 * 60 * 1000),
    issuer: { commonName, publicKey, privateKey },
    extensions: signingExtensions(),
  });
  const jwk = { ...(await exportJWK(publicKey)), kid: id, alg: "RS256", use: "sig" };
  return { id, jwk, certificatePem };
}
