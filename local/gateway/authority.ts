/** The local certificate authority: made anew at each start, so that trust in it ends with the process. */
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import {
  authorityExtensions,
  certificate,
  serverExtensions,
  type Keys,
} from "../identity/certificate.ts";

const generateKeyPairAsync = promisify(generateKeyPair);

const NAME = "Switchyard local authority";

/** Long enough for a local cloud that is left running over a holiday. */
const VALID_DAYS = 30;

const DAY_MS = 24 * 60 * 60 * 1000;

/** What `tls.createServer` asks for. */
export interface ServerCredentials {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** The authority's own certificate: what clients are told to trust. */
  readonly caPem: string;
  /** Key and certificate of one host. Made on the first call, then kept. */
  readonly credentials: (host: string) => Promise<ServerCredentials>;
}

/** Makes an authority with a P-256 key that never leaves memory, valid for 30 days. */
export async function createAuthority(): Promise<Authority> {
  const keys = await newKeys();
  const issuer = { commonName: NAME, ...keys };
  // An hour back, for a container whose clock is behind.
  const notBefore = new Date(Date.now() - 60 * 60 * 1000);
  const notAfter = new Date(notBefore.getTime() + VALID_DAYS * DAY_MS);
  const caPem = await certificate({
    commonName: NAME,
    publicKey: keys.publicKey,
    notBefore,
    notAfter,
    issuer,
    extensions: await authorityExtensions(keys.publicKey),
  });

  const made = new Map<string, Promise<ServerCredentials>>();
  async function make(host: string): Promise<ServerCredentials> {
    const { publicKey, privateKey } = await newKeys();
    const cert = await certificate({
      // A common name holds at most 64 characters (RFC 5280 A.1); clients look at the alternative name only.
      commonName: host.slice(0, 64),
      publicKey,
      notBefore,
      notAfter,
      issuer,
      extensions: await serverExtensions(host, { publicKey, authorityKey: keys.publicKey }),
    });
    return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert };
  }

  return {
    caPem,
    credentials: (host) => {
      const pending = made.get(host) ?? make(host);
      made.set(host, pending);
      return pending;
    },
  };
}

function newKeys(): Promise<Keys> {
  return generateKeyPairAsync("ec", { namedCurve: "P-256" });
}
