import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as iam from "./kinds.ts";
import type { Place } from "../kind.ts";

interface ServiceAccountArgs {
  /** The part before the @, 6 to 30 characters. */
  readonly id: string;
  /** What the identity is for. */
  readonly description: string;
  readonly place: Place;
}

/** Source: cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/create, accountId. */
const ACCOUNT_ID = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** An identity. Its email is computed, so that nothing that names it has to wait for it. */
export class ServiceAccount extends pulumi.ComponentResource {
  readonly email: string;
  /** `serviceAccount:EMAIL` */
  readonly member: string;
  readonly resourceName: string;
  readonly account: gcp.serviceaccount.Account;

  constructor(
    name: string,
    { id, description, place }: ServiceAccountArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    if (!ACCOUNT_ID.test(id)) {
      throw new pulumi.RunError(
        `Service account \`${id}\` must have 6 to 30 lower-case letters, digits and hyphens.`,
      );
    }
    super("switchyard:component:ServiceAccount", name, {}, opts);
    this.email = iam.accountEmail(id, place);
    this.member = iam.accountMember(id, place);
    this.resourceName = iam.accountName(id, place);
    this.account = new gcp.serviceaccount.Account(
      name,
      { accountId: id, project: place.project, displayName: id, description },
      { parent: this, dependsOn: opts.dependsOn },
    );
    this.registerOutputs();
  }
}
