// Who calls, and whose LLM key a run spends (scenarioforge contract, 3).
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ApiKey, ScenarioforgeEnv } from "./env.ts";
import { unauthenticated } from "./refusals.ts";

/** The keys of a request, wherever it carries one. An empty one does not count. */
export interface Presented {
  readonly apiKey: string | undefined;
  readonly geminiKey: string | undefined;
  readonly bearer: string | undefined;
  readonly query: string | undefined;
}

export type KeySource = "header" | "bearer" | "query" | "env" | "none";

/** Who calls. */
export interface Caller {
  readonly tenant: string;
  /** With a key. Others see what is public. */
  readonly isKnown: boolean;
  readonly isAdmin: boolean;
  /** What this caller's live runs spend. */
  readonly llmKey: string | undefined;
}

export type KeyConfig = Pick<
  ScenarioforgeEnv,
  | "SCENARIOOPS_API_KEYS"
  | "SCENARIOOPS_DEFAULT_API_KEY"
  | "SCENARIOOPS_ADMIN_KEYS"
  | "SCENARIOOPS_DEFAULT_TENANT"
  | "GEMINI_API_KEY"
>;

const MAX_KEY_LENGTH = 1_000;

export function presentedKeys(headers: IncomingHttpHeaders, query: string | undefined): Presented {
  const bearer = /^\s*bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? "")?.[1];
  return {
    apiKey: keyIn(headers["x-api-key"]),
    geminiKey: keyIn(headers["x-gemini-api-key"]),
    // An ID token, which a proxy in front of us adds, is nobody's key.
    bearer: bearer === undefined || /^eyJ[^.]*\.[^.]*\./.test(bearer) ? undefined : keyIn(bearer),
    query: keyIn(query),
  };
}

/** The seed's order: the first that is there. */
export function resolvedKey(
  { apiKey, geminiKey, bearer, query }: Presented,
  serverKey: string,
): { readonly key: string | undefined; readonly source: KeySource } {
  const candidates: readonly (readonly [string | undefined, KeySource])[] = [
    [apiKey, "header"],
    [geminiKey, "header"],
    [bearer, "bearer"],
    [query, "query"],
    [serverKey || undefined, "env"],
  ];
  const [key, source] = candidates.find(([each]) => each !== undefined) ?? [undefined, "none"];
  return { key, source };
}

/** Tells callers by their keys; 401 for a key that is not one of ours. */
export function callersOf(config: KeyConfig): (presented: Presented) => Caller {
  const tenant = config.SCENARIOOPS_DEFAULT_TENANT;
  const known: readonly (Omit<ApiKey, "key"> & { readonly hash: Buffer })[] = [
    ...config.SCENARIOOPS_API_KEYS,
    ...config.SCENARIOOPS_ADMIN_KEYS.map((key) => ({ key, tenant, role: "admin" as const })),
    ...[config.SCENARIOOPS_DEFAULT_API_KEY]
      .filter((key) => key !== "")
      .map((key) => ({ key, tenant, role: "owner" as const })),
  ].map(({ key, ...rest }) => ({ ...rest, hash: hashOf(key) }));
  const anonymous: Caller = { tenant, isKnown: false, isAdmin: false, llmKey: undefined };

  return (presented) => {
    if (known.length === 0) {
      // Nobody's key is known: a caller's own LLM key lets in, and the server's is spent for nobody.
      const { key } = resolvedKey(presented, "");
      return key === undefined ? anonymous : { tenant, isKnown: true, isAdmin: true, llmKey: key };
    }
    const { apiKey, bearer, query, geminiKey } = presented;
    const key = apiKey ?? bearer ?? query;
    if (key === undefined) return anonymous;
    const hash = hashOf(key);
    // Every one is compared, in the same time each: how long it took tells nothing.
    const [found] = known.filter((each) => timingSafeEqual(each.hash, hash));
    if (found === undefined) throw unauthenticated("This API key is not valid.");
    const llmKey = geminiKey ?? (config.GEMINI_API_KEY || undefined);
    return { tenant: found.tenant, isKnown: true, isAdmin: found.role === "admin", llmKey };
  };
}

/** 401 for who comes without a key. */
export function requireKey(caller: Caller): void {
  if (!caller.isKnown) {
    throw unauthenticated("An API key is required: X-Api-Key, or Authorization: Bearer.");
  }
}

function keyIn(value: string | readonly string[] | undefined): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" || text.length > MAX_KEY_LENGTH ? undefined : text;
}

function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
