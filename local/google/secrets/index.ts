/** Secret Manager v1 on one machine: method → operation, permission and resource. */
import type { protos } from "@google-cloud/secret-manager";
import type { Need, Principal } from "../../iam/types.ts";
import { PROJECT_ATTRIBUTES, type Cloud, type Method, type ProtoSimulator } from "../api.ts";
import { iamMethods } from "../iam-methods.ts";
import type { RunsService, SliceOf } from "../service.ts";
import { idOf, isOurs, projectOf, secretOf, versionOf, type Project } from "./names.ts";
import { secrets as declares, type DeclaredSecret } from "./declared.ts";
import * as secrets from "./secret-operations.ts";
import { SecretsState } from "./state.ts";
import * as versions from "./version-operations.ts";

type Name = string | null | undefined;
type CreateSecretRequest = protos.google.cloud.secretmanager.v1.ICreateSecretRequest;
type UpdateSecretRequest = protos.google.cloud.secretmanager.v1.IUpdateSecretRequest;

export interface SecretManager extends ProtoSimulator<SecretsState> {
  /** Creates a declared secret, or gives the one that exists these labels, without asking IAM. */
  declareSecret(secret: DeclaredSecret): void;
  /**
   * Makes a payload the newest version of a declared secret, and disables the version that was declared before, as a
   * deployment does.
   */
  declareVersion(secretName: string, payload: Uint8Array): void;
  /** Deletes a declared secret with its versions; one that does not exist is left alone. */
  removeSecret(name: string): void;
  /** The payload of `projects/P/secrets/S/versions/V`, as AccessSecretVersion gives it to this caller. Throws `ApiError`. */
  readonly access: (principal: Principal, versionName: string) => Buffer;
}

const ACCESS = "secretmanager.versions.access";

/** Secret Manager for the given cloud, without secrets. */
export function secretManager(cloud: Cloud): SecretManager {
  const state = new SecretsState();
  const declared = (name: string) => secrets.existing(state, cloud, secretOf(name));
  return {
    host: SERVICE,
    descriptors: "@google-cloud/secret-manager/build/protos/protos.json",
    service: "google.cloud.secretmanager.v1.SecretManagerService",
    state,
    methods: methodsFor(cloud),
    declareSecret({ name, labels }) {
      const { secret: id } = secretOf(name);
      const secret = state.secrets.get(id) ?? state.add(id, { locations: [] }, cloud.clock.now());
      secret.labels = labels;
    },
    declareVersion(name, payload) {
      const secret = declared(name);
      const before = secret.declared;
      secret.declared = secret.add(payload, undefined, cloud.clock.now());
      if (before !== undefined && before.state !== "DESTROYED") before.set("DISABLED", name);
    },
    removeSecret(name) {
      state.secrets.delete(secretOf(name).secret);
    },
    access: (principal, name) => {
      cloud.authorize({ principal, permission: ACCESS, ...aboutVersion(name, cloud) });
      const { payload } = versions.accessSecretVersion(
        { name },
        { caller: { principal }, state, cloud },
      );
      return Buffer.from(payload?.data ?? "");
    },
  };
}

/** Secret Manager as a part of the local cloud. */
export const secretsService: RunsService<SliceOf<typeof declares>> = {
  declares,
  start: (cloud) => {
    const simulator = secretManager(cloud);
    return {
      apis: [simulator],
      takes: {
        secret: {
          declare: (secret) => simulator.declareSecret(secret),
          remove: (name) => simulator.removeSecret(name),
        },
        "secret version": {
          declare: ({ name, value }) => simulator.declareVersion(name, Buffer.from(value.reveal())),
          // What the program no longer makes is kept, like a version that was made by hand.
          remove: () => undefined,
        },
      },
      offers: { accessSecret: simulator.access },
    };
  },
};

/**
 * Permissions: cloud.google.com/secret-manager/docs/access-control. IAM policies sit on secrets; a version is judged by
 * its secret's, but named itself, as the service's refusals name it.
 */
function methodsFor(cloud: Project): Readonly<Record<string, Method<SecretsState>>> {
  const inProject = ({ parent }: { parent?: Name }): About => ({
    resource: `projects/${idOf(projectOf(parent), cloud)}`,
    attributes: PROJECT_ATTRIBUTES,
  });
  const version = ({ name }: { name?: Name }): About => aboutVersion(name, cloud);
  const byParent = ({ parent }: { parent?: Name }): About => aboutSecret(parent, cloud);
  const byName = ({ name }: { name?: Name }): About => aboutSecret(name, cloud);
  return {
    ListSecrets: method(secrets.listSecrets, "secretmanager.secrets.list", inProject),
    CreateSecret: method<CreateSecretRequest>(
      secrets.createSecret,
      "secretmanager.secrets.create",
      inProject,
    ),
    GetSecret: method(secrets.getSecret, "secretmanager.secrets.get", byName),
    UpdateSecret: method<UpdateSecretRequest>(
      secrets.updateSecret,
      "secretmanager.secrets.update",
      (request) => aboutSecret(request.secret?.name, cloud),
    ),
    DeleteSecret: method(secrets.deleteSecret, "secretmanager.secrets.delete", byName),
    ...iamMethods<SecretsState>({
      governed: (name) => ({
        permissions: "secretmanager.secrets",
        on: aboutSecret(name, cloud),
      }),
      existing: (name, { state, cloud }) => secrets.existing(state, cloud, secretOf(name)),
    }),
    AddSecretVersion: method(versions.addSecretVersion, "secretmanager.versions.add", byParent),
    ListSecretVersions: method(
      versions.listSecretVersions,
      "secretmanager.versions.list",
      byParent,
    ),
    GetSecretVersion: method(versions.getSecretVersion, "secretmanager.versions.get", version),
    AccessSecretVersion: method(versions.accessSecretVersion, ACCESS, version),
    EnableSecretVersion: method(
      versions.enableSecretVersion,
      "secretmanager.versions.enable",
      version,
    ),
    DisableSecretVersion: method(
      versions.disableSecretVersion,
      "secretmanager.versions.disable",
      version,
    ),
    DestroySecretVersion: method(
      versions.destroySecretVersion,
      "secretmanager.versions.destroy",
      version,
    ),
  };
}

/** What is asked about, and what conditions read of it: there names have the project's number. */
type About = Pick<Need, "resource" | "attributes">;

const SERVICE = "secretmanager.googleapis.com";

function aboutSecret(name: Name, cloud: Project): About {
  const { project, secret } = secretOf(name);
  return about(project, `secrets/${secret}`, "Secret", cloud);
}

function aboutVersion(name: Name, cloud: Project): About {
  const { project, secret, version } = versionOf(name);
  return about(project, `secrets/${secret}/versions/${version}`, "SecretVersion", cloud);
}

/** Names and types: cloud.google.com/iam/docs/conditions-resource-attributes. */
function about(project: string, path: string, type: string, cloud: Project): About {
  const number = isOurs(project, cloud) ? cloud.projectNumber : project;
  return {
    resource: `projects/${idOf(project, cloud)}/${path}`,
    attributes: {
      name: `projects/${number}/${path}`,
      type: `${SERVICE}/${type}`,
      service: SERVICE,
    },
  };
}

function method<Request>(
  operation: Method<SecretsState, Request>["operation"],
  permission: string,
  about: (request: Request) => About,
): Method<SecretsState, Request> {
  return { operation, needs: (request) => [{ permission, ...about(request) }] };
}
