/** Who calls: an App by its JWT, an installation by its token, or a person by theirs. */
import { createPublicKey, randomBytes, randomInt, verify } from "node:crypto";
import type { Clock } from "../../../clock.ts";
import type { TokenFormat } from "../options.ts";
import type { Account, App, Installation, Permissions, Repository } from "../state/model.ts";
import { covers } from "../state/state.ts";
import { GitHubError, DOCS } from "./errors.ts";
import { isFields, type Fields } from "./fields.ts";

/** docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app: "expire one hour from the time you create them". */
const LIFETIME_MS = 3_600_000;
/** docs.github.com/apps/…/generating-a-json-web-token-jwt-for-a-github-app: "no more than 10 minutes into the future". */
const MAX_JWT_SECONDS = 600;

export interface InstallationToken {
  readonly value: string;
  readonly installation: Installation;
  readonly permissions: Permissions;
  /** Undefined: whatever the installation covers. */
  readonly repositories: readonly Repository[] | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export type Caller =
  | { readonly kind: "nobody" }
  | { readonly kind: "app"; readonly app: App }
  | { readonly kind: "installation"; readonly token: InstallationToken }
  | { readonly kind: "person"; readonly account: Account };

export class Tokens {
  readonly #clock: Clock;
  readonly #apps: readonly App[];
  readonly #valid = new Map<string, InstallationToken>();
  readonly #personal = new Map<string, Account>();

  constructor(clock: Clock, apps: readonly App[]) {
    this.#clock = clock;
    this.#apps = apps;
  }

  mint(given: Omit<InstallationToken, "value" | "expiresAt">, format: TokenFormat) {
    const { app } = given.installation;
    const value = format === "classic" ? `ghs_${letters(36)}` : `ghs_${app.id}_${jwtLike(given)}`;
    const now = this.#clock.now();
    for (const { value: known, expiresAt } of this.#valid.values()) {
      if (expiresAt > now) break;
      this.#valid.delete(known);
    }
    const token = { ...given, value, expiresAt: now + LIFETIME_MS };
    this.#valid.set(value, token);
    return token;
  }

  /** A fine-grained token of a person's: whatever they may do, as long as GitHub is there. */
  personal(account: Account): string {
    const value = `github_pat_${letters(22)}_${letters(59)}`;
    this.#personal.set(value, account);
    return value;
  }

  revoke({ value }: InstallationToken): void {
    this.#valid.delete(value);
  }

  revokeAllOf(installation: Installation): void {
    for (const token of this.#valid.values()) {
      if (token.installation === installation) this.revoke(token);
    }
  }

  /** Throws 401 for a credential that is not, or no longer, good. */
  callerOf(authorization: string | undefined): Caller {
    if (authorization === undefined) return { kind: "nobody" };
    const value = credential(authorization);
    if (value === undefined) throw badCredentials();
    if (!value.startsWith("ghs_") && value.split(".").length === 3) {
      return { kind: "app", app: this.#appOf(value) };
    }
    const account = this.#personal.get(value);
    if (account !== undefined) return { kind: "person", account };
    const token = this.#valid.get(value);
    if (token === undefined || token.expiresAt <= this.#clock.now()) throw badCredentials();
    return { kind: "installation", token };
  }

  #appOf(jwt: string): App {
    const [header = "", payload = "", signature = ""] = jwt.split(".");
    const claims = decoded(payload);
    if (claims === undefined || decoded(header)?.alg !== "RS256") throw undecodable();
    const issuer = String(claims.iss);
    const app = this.#apps.find(({ id, clientId }) => issuer === String(id) || issuer === clientId);
    // The status is the documented one for a missing App; the wording is GitHub's as quoted by its users.
    if (app === undefined) throw new GitHubError(404, "Integration not found");
    const key = createPublicKey(app.publicKeyPem);
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify("RSA-SHA256", signed, key, Buffer.from(signature, "base64url"))) {
      throw undecodable();
    }
    this.#checkTimes(claims);
    return app;
  }

  /** The sentences are those by which @octokit/auth-app sees that the clocks differ. */
  #checkTimes({ iat, exp }: Fields): void {
    const now = Math.floor(this.#clock.now() / 1000);
    if (typeof iat !== "number" || iat > now) {
      throw unauthorized(
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    }
    if (typeof exp !== "number" || exp <= now) {
      throw unauthorized(
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      );
    }
    if (exp > now + MAX_JWT_SECONDS) {
      throw unauthorized("'Expiration time' claim ('exp') is too far in the future");
    }
  }
}

/** Whether the token may see the repository at all. */
export function reaches({ installation, repositories }: InstallationToken, wanted: Repository) {
  return covers(installation, wanted) && (repositories?.includes(wanted) ?? true);
}

const RANKS = { read: 1, write: 2, admin: 3 } as const;

/** Whether `contents:read` and the like is among the permissions. */
export function grants(permissions: Permissions, needed: string): boolean {
  const [name = "", access] = needed.split(":");
  const held = permissions[name];
  return held !== undefined && RANKS[held] >= RANKS[access === "read" ? "read" : "write"];
}

/** `token X`, `Bearer X`, or Basic with the token as password, as git sends it. */
function credential(authorization: string): string | undefined {
  const [, scheme = "", value = ""] = /^(\S+)\s+(\S+)$/.exec(authorization) ?? [];
  if (/^(bearer|token)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  const decodedPair = Buffer.from(value, "base64").toString();
  return decodedPair.slice(decodedPair.indexOf(":") + 1);
}

function decoded(part: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Signed with a key that only GitHub has, so no client can tell it from this: about 520 characters in all. */
function jwtLike({ installation }: Omit<InstallationToken, "value" | "expiresAt">): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: DOCS, sub: installation.id, aud: installation.app.id, jti: letters(36) };
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${randomBytes(256).toString("base64url")}`;
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export function letters(count: number): string {
  return Array.from({ length: count }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

function unauthorized(message: string): GitHubError {
  return new GitHubError(401, message);
}

function badCredentials(): GitHubError {
  return unauthorized("Bad credentials");
}

function undecodable(): GitHubError {
  return unauthorized("A JSON web token could not be decoded");
}
