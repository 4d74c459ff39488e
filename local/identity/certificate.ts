/** X.509 certificates for keys that live only in this process. */
import type { KeyObject } from "node:crypto";
// The library's dependency injection expects the polyfill to be there first.
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
} from "@peculiar/x509";

export interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** One certificate, named by a common name. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Its own common name and keys where it signs itself. */
  readonly issuer: Keys & { readonly commonName: string };
  readonly extensions: readonly Extension[];
}

const ALGORITHMS = {
  ec: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  rsa: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const;

/** Signs with SHA-256 and returns the certificate as PEM. Keys are P-256 or RSA. */
export async function certificate(request: CertificateRequest): Promise<string> {
  const { commonName, publicKey, notBefore, notAfter, issuer, extensions } = request;
  const made = await X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }],
    issuer: [{ CN: [issuer.commonName] }],
    notBefore,
    notAfter,
    publicKey: cryptoKey(publicKey),
    signingKey: cryptoKey(issuer.privateKey),
    signingAlgorithm: algorithmOf(issuer.privateKey),
    extensions: [...extensions],
  });
  return `${made.toString("pem")}\n`;
}

/** Extensions of a certificate authority. Critical, as RFC 5280 4.2.1.3 and 4.2.1.9 ask. */
export async function authorityExtensions(publicKey: KeyObject): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(cryptoKey(publicKey)),
  ];
}

/** Extensions of a server's certificate. Python's strict verification refuses one without the authority's key id. */
export async function serverExtensions(
  host: string,
  { publicKey, authorityKey }: { readonly publicKey: KeyObject; readonly authorityKey: KeyObject },
): Promise<Extension[]> {
  return [
    ...signingExtensions(),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([{ type: "dns", value: host }]),
    await SubjectKeyIdentifierExtension.create(cryptoKey(publicKey)),
    await AuthorityKeyIdentifierExtension.create(cryptoKey(authorityKey)),
  ];
}

/** Extensions of a certificate that only carries a key for checking signatures. */
export function signingExtensions(): Extension[] {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
  ];
}

function cryptoKey(key: KeyObject) {
  return key.toCryptoKey(algorithmOf(key), true, [key.type === "private" ? "sign" : "verify"]);
}

function algorithmOf(key: KeyObject) {
  return key.asymmetricKeyType === "rsa" ? ALGORITHMS.rsa : ALGORITHMS.ec;
}
