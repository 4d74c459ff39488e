/** The methods of Secret Manager about secrets. */
import type { protos } from "@google-cloud/secret-manager";
import { ApiError } from "../../errors.ts";
import type { Call, Cloud } from "../api.ts";
import { checkSecret, refuseUnsupported, replicationOf, required } from "./fields.ts";
import { checkSecretId, isOurs, secretOf, type SecretName } from "./names.ts";
import { newestFirst } from "./pages.ts";
import type { Secret, SecretsState } from "./state.ts";
import { secretName, secretView } from "./views.ts";

type SecretMessage = protos.google.cloud.secretmanager.v1.ISecret;
type SecretsCall = Call<SecretsState>;

interface Named {
  readonly name?: string | null;
}

const LIST_FIELDS = new Set(["parent", "pageSize", "pageToken"]);
const BY_NAME = new Set(["name"]);

export function listSecrets(
  request: protos.google.cloud.secretmanager.v1.IListSecretsRequest,
  { state, cloud }: SecretsCall,
): protos.google.cloud.secretmanager.v1.IListSecretsResponse {
  refuseUnsupported(request, "ListSecretsRequest", LIST_FIELDS);
  const { items, ...page } = newestFirst(
    [...state.secrets.values()],
    ({ order }) => order,
    request,
  );
  return { secrets: items.map((secret) => secretView(secret, cloud.projectNumber)), ...page };
}

export function createSecret(
  { secretId, secret: wanted }: protos.google.cloud.secretmanager.v1.ICreateSecretRequest,
  { state, cloud }: SecretsCall,
): SecretMessage {
  const id = checkSecretId(secretId);
  if (!wanted) throw required("secret");
  const { replication, labels, annotations } = checkSecret(wanted);
  const replicated = replicationOf(replication);
  if (state.secrets.has(id)) {
    const name = secretName(id, cloud.projectNumber);
    throw new ApiError("ALREADY_EXISTS", `Secret [${name}] already exists.`);
  }
  const secret = state.add(id, replicated, cloud.clock.now());
  secret.labels = labels ?? {};
  secret.annotations = annotations ?? {};
  return secretView(secret, cloud.projectNumber);
}

export function getSecret({ name }: Named, { state, cloud }: SecretsCall): SecretMessage {
  return secretView(existing(state, cloud, secretOf(name)), cloud.projectNumber);
}

export function updateSecret(
  { secret: wanted, updateMask }: protos.google.cloud.secretmanager.v1.IUpdateSecretRequest,
  { state, cloud }: SecretsCall,
): SecretMessage {
  if (!wanted) throw required("secret");
  const secret = existing(state, cloud, secretOf(wanted.name));
  const paths = updateMask?.paths ?? [];
  if (paths.length === 0) throw required("update_mask");
  for (const path of paths) {
    if (path === "labels" || path === "annotations") continue;
    throw new ApiError(
      "UNIMPLEMENTED",
      `The local Secret Manager changes labels and annotations only, not ${path}.`,
    );
  }
  if (paths.includes("labels")) secret.labels = wanted.labels ?? {};
  if (paths.includes("annotations")) secret.annotations = wanted.annotations ?? {};
  return secretView(secret, cloud.projectNumber);
}

export function deleteSecret(
  request: protos.google.cloud.secretmanager.v1.IDeleteSecretRequest,
  { state, cloud }: SecretsCall,
): object {
  refuseUnsupported(request, "DeleteSecretRequest", BY_NAME);
  state.secrets.delete(existing(state, cloud, secretOf(request.name)).id);
  return {};
}

/** Throws NOT_FOUND with the service's sentence; `also` is what some methods add to it. */
export function existing(
  state: SecretsState,
  cloud: Pick<Cloud, "projectId" | "projectNumber">,
  { project, secret: id }: SecretName,
  also = "",
): Secret {
  const secret = isOurs(project, cloud) ? state.secrets.get(id) : undefined;
  if (secret !== undefined) return secret;
  const name = isOurs(project, cloud)
    ? secretName(id, cloud.projectNumber)
    : secretName(id, project);
  throw new ApiError("NOT_FOUND", `Secret [${name}] not found${also}.`);
}
