/** The methods of Secret Manager about versions. No message and no log line shows a payload. */
import type { protos } from "@google-cloud/secret-manager";
import { ApiError } from "../../errors.ts";
import type { Call } from "../api.ts";
import { refuseUnsupported, required } from "./fields.ts";
import { secretOf, versionOf } from "./names.ts";
import { newestFirst } from "./pages.ts";
import { existing } from "./secret-operations.ts";
import type { Secret, SecretsState, Version } from "./state.ts";
import { versionName, versionView } from "./views.ts";

type VersionMessage = protos.google.cloud.secretmanager.v1.ISecretVersion;
type SecretsCall = Call<SecretsState>;

interface Named {
  readonly name?: string | null;
}

const LIST_FIELDS = new Set(["parent", "pageSize", "pageToken"]);
const BY_NAME = new Set(["name"]);

/** What a method is about: the version, its secret, and its name with its number. */
interface Found {
  readonly version: Version;
  readonly secret: Secret;
  readonly name: string;
}

export function addSecretVersion(
  { parent, payload }: protos.google.cloud.secretmanager.v1.IAddSecretVersionRequest,
  { state, cloud }: SecretsCall,
): VersionMessage {
  const secret = existing(state, cloud, secretOf(parent));
  if (!payload) throw required("payload");
  const { data, dataCrc32c } = payload;
  const bytes = typeof data === "string" ? Buffer.from(data, "base64") : data;
  const checksum = dataCrc32c === null || dataCrc32c === undefined ? undefined : Number(dataCrc32c);
  const version = secret.add(bytes ?? Buffer.alloc(0), checksum, cloud.clock.now());
  return versionView(version, secret, cloud.projectNumber);
}

export function listSecretVersions(
  request: protos.google.cloud.secretmanager.v1.IListSecretVersionsRequest,
  { state, cloud }: SecretsCall,
): protos.google.cloud.secretmanager.v1.IListSecretVersionsResponse {
  refuseUnsupported(request, "ListSecretVersionsRequest", LIST_FIELDS);
  const secret = existing(state, cloud, secretOf(request.parent));
  const { items, ...page } = newestFirst(secret.versions, ({ number }) => number, request);
  return { versions: items.map((each) => versionView(each, secret, cloud.projectNumber)), ...page };
}

export function getSecretVersion({ name }: Named, call: SecretsCall): VersionMessage {
  return view(found(name, call), call);
}

export function accessSecretVersion(
  request: Named,
  call: SecretsCall,
): protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse {
  const { version, name } = found(request.name, call);
  const { data, checksum } = version.access(name);
  return { name, payload: { data, dataCrc32c: checksum } };
}

export function enableSecretVersion(request: Named, call: SecretsCall): VersionMessage {
  return setState(request, "ENABLED", call);
}

export function disableSecretVersion(request: Named, call: SecretsCall): VersionMessage {
  return setState(request, "DISABLED", call);
}

export function destroySecretVersion(request: Named, call: SecretsCall): VersionMessage {
  refuseUnsupported(request, "DestroySecretVersionRequest", BY_NAME);
  const one = found(request.name, call);
  one.version.destroy(one.name, call.cloud.clock.now());
  return view(one, call);
}

function setState(
  request: Named,
  state: "ENABLED" | "DISABLED",
  call: SecretsCall,
): VersionMessage {
  refuseUnsupported(request, "The request", BY_NAME);
  const one = found(request.name, call);
  one.version.set(state, one.name);
  return view(one, call);
}

function view({ version, secret }: Found, { cloud }: SecretsCall): VersionMessage {
  return versionView(version, secret, cloud.projectNumber);
}

/**
 * Throws NOT_FOUND. "… not found or has no versions" is the sentence of AccessSecretVersion, as gcloud shows it; that of
 * a number that was never given out is that of a missing secret, and was not recorded.
 */
function found(name: Named["name"], { state, cloud }: SecretsCall): Found {
  const wanted = versionOf(name);
  const secret = existing(state, cloud, wanted, " or has no versions");
  const version = secret.find(wanted.version);
  if (version === undefined) {
    if (secret.versions.length === 0) {
      throw new ApiError(
        "NOT_FOUND",
        `Secret [projects/${cloud.projectNumber}/secrets/${secret.id}] not found or has no versions.`,
      );
    }
    const missing = versionName(secret.id, wanted.version, cloud.projectNumber);
    throw new ApiError("NOT_FOUND", `Secret Version [${missing}] not found.`);
  }
  return { version, secret, name: versionName(secret.id, version.number, cloud.projectNumber) };
}
