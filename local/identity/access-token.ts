/** Access tokens: opaque to clients, readable only by the process that made them. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Principal } from "../iam/types.ts";

/** Real ones begin with `ya29.`; the rest is ours. */
const PREFIX = "ya29.local.";

const LIFETIME_S = 60 * 60;

export interface AccessToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
}

export interface AccessTokens {
  readonly accessToken: (account: { readonly principal: Principal }) => AccessToken;
  /** Whom a token was made for; undefined where it is over, was changed, or is no token of this process. */
  readonly principalOf: (token: string) => Principal | undefined;
}

/** A fresh key each time: tokens of an earlier run are refused. Lifetime one hour; `now` in milliseconds. */
export function createAccessTokens(now: () => number): AccessTokens {
  const key = randomBytes(32);
  const signatureOf = (payload: string): Buffer =>
    createHmac("sha256", key).update(payload).digest();

  return {
    accessToken: ({ principal }) => {
      const payload = encode({ principal, expiresAt: Math.floor(now() / 1000) + LIFETIME_S });
      const token = `${PREFIX}${payload}.${signatureOf(payload).toString("base64url")}`;
      return { token, expiresIn: LIFETIME_S };
    },
    principalOf: (token) => {
      if (!token.startsWith(PREFIX)) return undefined;
      const [payload = "", signature = "", ...rest] = token.slice(PREFIX.length).split(".");
      const given = Buffer.from(signature, "base64url");
      const wanted = signatureOf(payload);
      if (rest.length > 0 || given.length !== wanted.length) return undefined;
      if (!timingSafeEqual(given, wanted)) return undefined;
      const { principal, expiresAt } = decode(payload);
      return expiresAt > now() / 1000 ? principal : undefined;
    },
  };
}

interface Payload {
  readonly principal: Principal;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

function encode(payload: Payload): string {
  return Buffer.from(JSON.stringify(payload)).toString("base64url");
}

function decode(payload: string): Payload {
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Payload;
}
