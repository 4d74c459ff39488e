import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../kind.ts";
import * as secrets from "./kinds.ts";

interface ManagedSecretArgs {
  readonly system: string;
  /** Secret id, unique in the project. */
  readonly id: string;
  readonly place: Place;
  /** Its newest version, at most 64 KiB. */
  readonly value: { readonly reveal: () => string };
}

/** A secret in Secret Manager whose value comes from the stack's config. Nobody may read it until a row says so. */
export class ManagedSecret extends pulumi.ComponentResource {
  /** What is bound. */
  readonly resourceName: string;
  readonly secret: gcp.secretmanager.Secret;
  /** Whoever reads `latest` needs this to exist. */
  readonly version: gcp.secretmanager.SecretVersion;

  constructor(name: string, args: ManagedSecretArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchyard:component:ManagedSecret", name, {}, opts);
    const { system, id, place, value } = args;
    this.resourceName = secrets.secret.of(id, place);
    this.secret = new gcp.secretmanager.Secret(
      name,
      {
        secretId: id,
        project: place.project,
        labels: { system },
        replication: { auto: {} },
      },
      { parent: this, dependsOn: opts.dependsOn },
    );
    this.version = new gcp.secretmanager.SecretVersion(
      name,
      {
        secret: this.resourceName,
        secretData: pulumi.secret(value.reveal()),
        // A value that is replaced can be brought back, but is no longer read.
        deletionPolicy: "DISABLE",
      },
      { parent: this, dependsOn: [this.secret] },
    );
    this.registerOutputs();
  }
}
