import { createHash } from "node:crypto";
import type { CredentialAccessBoundary, DownscopedClient } from "google-auth-library";
import { storagePrefixOf } from "../../messages/storage-prefix.ts";
import type { Tenant } from "../../messages/tenant.ts";
import { lazy } from "../../runtime/lazy.ts";
import type { Log } from "../../runtime/log.ts";
import { boundaryOf } from "../boundary.ts";
import type { ProducerEnv } from "../env.ts";
import type { Ports } from "../ports.ts";

/** The exchange takes no token of a narrower scope. */
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const FORM = "DownscopedClient({ authClient, credentialAccessBoundary })";

type Client = Pick<DownscopedClient, "getAccessToken">;
type TokenEnv = Pick<
  ProducerEnv,
  | "GCS_BUCKET"
  | "GCS_PREFIX_TEMPLATE"
  | "GCS_TOKEN"
  | "GCS_ENABLE_UPLOAD"
  | "GCS_ENABLE_LIST"
  | "GCS_CAB_PERMISSION_MODE"
  | "ALLOW_BUCKET_WIDE_CAB"
  | "GCS_DEBUG"
>;

/**
 * Storage tokens cut down to one tenant's objects; Google's client renews each well before it expires. None where no bucket is configured; where none can be had the work goes
 * on without, and the log says so. No token is ever written anywhere.
 */
export function storageTokens(
  env: TokenEnv,
  makeClient: (boundary: CredentialAccessBoundary) => Promise<Client> = newClient,
): Ports["storageToken"] {
  let last: { readonly prefix: string; readonly client: () => Promise<Client> } | undefined;
  let told: string | undefined;
  const clientOf = (prefix: string, log: Log): (() => Promise<Client>) | undefined => {
    if (last?.prefix === prefix) return last.client;
    const made = boundaryOf({
      bucket: env.GCS_BUCKET,
      prefix,
      mode: env.GCS_CAB_PERMISSION_MODE,
      canUpload: env.GCS_ENABLE_UPLOAD,
      canList: env.GCS_ENABLE_LIST,
      allowsBucket: env.ALLOW_BUCKET_WIDE_CAB,
    });
    if ("problem" in made) {
      log("ERROR", `There is no storage token: ${made.problem}`);
      return undefined;
    }
    const { boundary, permissions } = made;
    if (env.GCS_DEBUG) {
      log("DEBUG", "The boundary of a storage token", { boundary, permissions, client: FORM });
    }
    const client = lazy(() => makeClient(boundary));
    last = { prefix, client };
    return client;
  };
  return async (tenant, log) => {
    if (env.GCS_TOKEN !== "") return env.GCS_TOKEN;
    if (env.GCS_BUCKET === "") return undefined;
    const prefix = prefixFor(env, tenant, log);
    const client = prefix === undefined ? undefined : clientOf(prefix, log);
    if (client === undefined) return undefined;
    try {
      const { token, expirationTime } = await (await client()).getAccessToken();
      if (typeof token !== "string" || token === "") throw new Error("Google answered without one");
      if (env.GCS_DEBUG && told !== token) {
        told = token;
        log("DEBUG", "A storage token", {
          ...shapeOf(token),
          expires_at: isoOrNever(expirationTime),
        });
      }
      return token;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log("ERROR", `There is no storage token: ${why}`);
      return undefined;
    }
  };
}

function prefixFor(
  { GCS_PREFIX_TEMPLATE }: Pick<TokenEnv, "GCS_PREFIX_TEMPLATE">,
  tenant: Tenant,
  log: Log,
): string | undefined {
  const rendered = storagePrefixOf(GCS_PREFIX_TEMPLATE, tenant);
  if ("prefix" in rendered) return rendered.prefix;
  log("ERROR", `There is no storage token: ${rendered.problem}`);
  return undefined;
}

/** Enough to tell one token from another. */
function shapeOf(token: string): { length: number; sha256: string } {
  const sha256 = createHash("sha256").update(token).digest("hex").slice(0, 8);
  return { length: token.length, sha256 };
}

function isoOrNever(time: number | null | undefined): string | undefined {
  return typeof time === "number" ? new Date(time).toISOString() : undefined;
}

async function newClient(credentialAccessBoundary: CredentialAccessBoundary): Promise<Client> {
  const { DownscopedClient, GoogleAuth } =
    await import("../../runtime/google/google-auth-client.ts");
  const authClient = await new GoogleAuth({ scopes: SCOPE }).getClient();
  return new DownscopedClient({ authClient, credentialAccessBoundary });
}
