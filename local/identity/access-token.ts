/** Access tokens: opaque to clients, readable only by the process that made them. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Boundary, Caller, Principal } from "../iam/types.ts";
import { Boundaries } from "./boundaries.ts";

/** Real ones begin with `ya29.`; the rest is ours. */
const PREFIX = "ya29.local.";

const LIFETIME_S = 60 * 60;

export interface AccessToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

export interface AccessTokens {
  /** @param account How long it lasts is in seconds; default, and at most: an hour. */
  readonly accessToken: (account: {
    readonly principal: Principal;
    readonly lifetime?: number;
  }) => AccessToken;
  /**
   * The same access with a boundary, for as long as that token lasts. Undefined where it is not good; throws where it has
   * a boundary of its own, which a second one would replace.
   */
  readonly narrowed: (token: string, boundary: Boundary) => AccessToken | undefined;
  /**
   * Whom a token was made for, and within what boundary; undefined where it is over, was changed, or is no token of this
   * process.
   */
  readonly callerOf: (token: string) => Caller | undefined;
}

/** A fresh key each time: tokens of an earlier run are refused. Lifetime one hour; `now` in milliseconds. */
export function createAccessTokens(now: () => number): AccessTokens {
  const key = randomBytes(32);
  const boundaries = new Boundaries(now);
  const signatureOf = (payload: string): Buffer =>
    createHmac("sha256", key).update(payload).digest();

  function minted(content: Payload): AccessToken {
    const payload = encode(content);
    const token = `${PREFIX}${payload}.${signatureOf(payload).toString("base64url")}`;
    const { expiresAt } = content;
    return { token, expiresIn: expiresAt - Math.floor(now() / 1000), expiresAt };
  }

  function read(token: string): Payload | undefined {
    if (!token.startsWith(PREFIX)) return undefined;
    const [payload = "", signature = "", ...rest] = token.slice(PREFIX.length).split(".");
    const given = Buffer.from(signature, "base64url");
    const wanted = signatureOf(payload);
    if (rest.length > 0 || given.length !== wanted.length) return undefined;
    if (!timingSafeEqual(given, wanted)) return undefined;
    const content = decode(payload);
    return content.expiresAt > now() / 1000 ? content : undefined;
  }

  return {
    accessToken: ({ principal, lifetime = LIFETIME_S }) =>
      minted({ principal, expiresAt: Math.floor(now() / 1000 + Math.min(lifetime, LIFETIME_S)) }),
    narrowed: (token, boundary) => {
      const content = read(token);
      if (content === undefined) return undefined;
      if (content.boundary !== undefined) throw new Error("The token has a boundary already.");
      return minted({ ...content, boundary: boundaries.keep(boundary, content.expiresAt) });
    },
    callerOf: (token) => {
      const content = read(token);
      if (content === undefined) return undefined;
      const { principal, boundary } = content;
      if (boundary === undefined) return { principal };
      const kept = boundaries.get(boundary);
      return kept && { principal, boundary: kept };
    },
  };
}

interface Payload {
  readonly principal: Principal;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** By which `Boundaries` keeps it. */
  readonly boundary?: string;
}

function encode(payload: Payload): string {
  return Buffer.from(JSON.stringify(payload)).toString("base64url");
}

function decode(payload: string): Payload {
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Payload;
}
