/** What a program declares of Secret Manager. */
import * as v from "valibot";
import { secret } from "../../../infra/google/secrets/kinds.ts";
import { Secret } from "../../../infra/secret.ts";
import { local, type DeclaresService, type Item } from "../service.ts";
import { offered, roles } from "./roles.ts";

export interface DeclaredSecret extends Item {
  readonly labels: Readonly<Record<string, string>>;
}

/** The one version that a program declares of a secret, by the secret's name. */
interface DeclaredVersion extends Item {
  readonly value: Secret;
}

interface SecretsSlice extends Record<string, (DeclaredSecret | DeclaredVersion)[]> {
  readonly secret: DeclaredSecret[];
  readonly "secret version": DeclaredVersion[];
}

const SecretInputs = v.strictObject({
  secretId: v.string(),
  project: v.string(),
  labels: v.optional(v.record(v.string(), v.string()), {}),
  // Where Google keeps copies has no meaning on one machine.
  replication: v.strictObject({ auto: v.strictObject({}) }),
  deletionProtection: v.optional(v.boolean()),
});

const VersionInputs = v.strictObject({
  secret: v.string(),
  secretData: v.string(),
  // What a replaced version becomes; the other policies are not carried out locally.
  deletionPolicy: v.literal("DISABLE"),
});

export const secrets: DeclaresService<SecretsSlice> = {
  name: "secrets",
  empty: () => ({ secret: [], "secret version": [] }),
  check: ({ secret: declared, "secret version": versions }) => {
    const names = versions.map(({ name }) => name);
    const missing = names.filter((name) => declared.every((each) => each.name !== name));
    return missing.map((name) => `A version of ${name}: no such secret is declared.`);
  },
  roles,
  offered,
  // googleapis/python-secret-manager#389.
  denials: {
    secretmanager: ({ permission, resource }) =>
      `Permission '${permission}' denied for resource '${resource}' (or it may not exist).`,
  },
  tells: (noun, { added, changed }, before) => {
    if (noun !== "secret version") return undefined;
    // Of a secret that is new itself, its version says nothing.
    const known = added.filter(({ name }) => before.secret.some((each) => each.name === name));
    return [...known, ...changed.map(({ after }) => after)].map(
      ({ name }) =>
        `secret ${secret.parse(name)?.secretId ?? name} has a new version, for instances that start from now on`,
    );
  },
  declares: {
    "gcp:secretmanager/secret:Secret": local(SecretInputs, (inputs, slice) => {
      slice.secret.push({ name: secret.name(inputs), labels: inputs.labels });
    }),
    "gcp:secretmanager/secretVersion:SecretVersion": local(
      VersionInputs,
      ({ secret: name, secretData }, slice) => {
        slice["secret version"].push({ name, value: new Secret(secretData) });
      },
    ),
  },
};
