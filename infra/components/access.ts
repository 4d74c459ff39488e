/** The one grant mechanism: a row of the access matrix becomes one additive member on one resource. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { ownAccount } from "../naming.ts";

/** Who may do what on which resource, and why: what is printed, granted, enforced locally and tested. */
export interface AccessRow {
  /**
   * `role`: what our accounts and the people we name may do. `google`: what Google grants its own agents, never a resource
   * here. `deploy`: what building, deploying and planning needs in the cloud; the local cloud does not exercise it.
   */
  readonly kind: "role" | "google" | "deploy";
  /** The system that needs it, or `project`. */
  readonly system: string;
  /** A member: `serviceAccount:EMAIL`, `user:EMAIL`, `allUsers`, … */
  readonly principal: string;
  /** `roles/cloudtasks.enqueuer` */
  readonly role: string;
  /** Relative name: `projects/P/locations/R/queues/Q`. */
  readonly resource: string;
  /** What the principal does with it. */
  readonly why: string;
  /** Where it is written that this is needed. */
  readonly source: string;
}

/** What must exist before a row can be granted, by member or by resource name; anything else exists already. */
type Declared = ReadonlyMap<string, pulumi.Resource>;

/**
 * Makes the bindings of rows, named `<prefix>-<who>-<role>-<what>`.
 * Rows that Google grants itself are left out.
 */
export function grant(
  prefix: string,
  rows: readonly AccessRow[],
  declared: Declared,
  opts: { readonly parent: pulumi.Resource; readonly dependsOn: readonly pulumi.Resource[] },
): readonly pulumi.Resource[] {
  return rows
    .filter(({ kind }) => kind !== "google")
    .map((row) => {
      const needed = [declared.get(row.principal), declared.get(row.resource)];
      const dependsOn = [...opts.dependsOn, ...needed.filter((resource) => resource !== undefined)];
      return bindingOf(`${prefix}-${bindingName(row)}`, row, { ...opts, dependsOn });
    });
}

/**
 * `enqueuer-api-cloudtasks.enqueuer-queue-brain`. Only accounts of the resource's own project are shortened, so that
 * rows of one system never share a name.
 */
export function bindingName({ principal, role, resource }: AccessRow): string {
  const who = ownAccount(principal, resource) ?? principal.replace(":", "-");
  const what = resource.split("/").at(-1)?.replace(/@.*$/, "") ?? resource;
  return `${who}-${role.replace(/^roles\//, "")}-${what}`;
}

type Make = (
  name: string,
  match: Readonly<Record<string, string>>,
  row: AccessRow,
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

interface BindingKind {
  readonly type: string;
  readonly pattern: RegExp;
  readonly make: Make;
}

/** Resource name → the additive member type of that resource. */
const BINDINGS: readonly BindingKind[] = [
  {
    type: "gcp:projects/iAMMember:IAMMember",
    pattern: /^projects\/(?<project>[^/]+)$/,
    make: (name, { project = "" }, { role, principal: member }, opts) =>
      new gcp.projects.IAMMember(name, { project, role, member }, opts),
  },
  {
    type: "gcp:serviceaccount/iAMMember:IAMMember",
    pattern: /^(?<account>projects\/[^/]+\/serviceAccounts\/[^/]+)$/,
    make: (name, { account = "" }, { role, principal: member }, opts) =>
      new gcp.serviceaccount.IAMMember(name, { serviceAccountId: account, role, member }, opts),
  },
  {
    type: "gcp:cloudtasks/queueIamMember:QueueIamMember",
    pattern: /^projects\/(?<project>[^/]+)\/locations\/(?<location>[^/]+)\/queues\/(?<id>[^/]+)$/,
    make: (name, { project = "", location = "", id = "" }, { role, principal: member }, opts) =>
      new gcp.cloudtasks.QueueIamMember(name, { project, location, name: id, role, member }, opts),
  },
  {
    // A gen2 function's invoker is checked by its Cloud Run service; cloudfunctions.invoker has no say.
    // Source: cloud.google.com/functions/docs/securing/authenticating.
    type: "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
    pattern: /^projects\/(?<project>[^/]+)\/locations\/(?<location>[^/]+)\/services\/(?<id>[^/]+)$/,
    make: (name, { project = "", location = "", id = "" }, { role, principal: member }, opts) =>
      new gcp.cloudrunv2.ServiceIamMember(
        name,
        { project, location, name: id, role, member },
        opts,
      ),
  },
  {
    type: "gcp:secretmanager/secretIamMember:SecretIamMember",
    pattern: /^projects\/(?<project>[^/]+)\/secrets\/(?<secretId>[^/]+)$/,
    make: (name, { project = "", secretId = "" }, { role, principal: member }, opts) =>
      new gcp.secretmanager.SecretIamMember(name, { project, secretId, role, member }, opts),
  },
  {
    type: "gcp:pubsub/topicIAMMember:TopicIAMMember",
    pattern: /^projects\/(?<project>[^/]+)\/topics\/(?<topic>[^/]+)$/,
    make: (name, { project = "", topic = "" }, { role, principal: member }, opts) =>
      new gcp.pubsub.TopicIAMMember(name, { project, topic, role, member }, opts),
  },
  {
    type: "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
    pattern: /^projects\/(?<project>[^/]+)\/subscriptions\/(?<subscription>[^/]+)$/,
    make: (name, { project = "", subscription = "" }, { role, principal: member }, opts) =>
      new gcp.pubsub.SubscriptionIAMMember(name, { project, subscription, role, member }, opts),
  },
  {
    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
    pattern: /^projects\/_\/buckets\/(?<bucket>[^/]+)$/,
    make: (name, { bucket = "" }, { role, principal: member }, opts) =>
      new gcp.storage.BucketIAMMember(name, { bucket, role, member }, opts),
  },
  {
    type: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
    pattern:
      /^projects\/(?<project>[^/]+)\/locations\/(?<location>[^/]+)\/repositories\/(?<id>[^/]+)$/,
    make: (name, { project = "", location = "", id = "" }, { role, principal: member }, opts) =>
      new gcp.artifactregistry.RepositoryIamMember(
        name,
        { project, location, repository: id, role, member },
        opts,
      ),
  },
];

/** The type of the binding that a row becomes. */
export function bindingType(row: AccessRow): string {
  return kindOf(row).type;
}

function bindingOf(
  name: string,
  row: AccessRow,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const { pattern, make } = kindOf(row);
  return make(name, pattern.exec(row.resource)?.groups ?? {}, row, opts);
}

function kindOf({ resource }: AccessRow): BindingKind {
  const kind = BINDINGS.find(({ pattern }) => pattern.test(resource));
  if (kind !== undefined) return kind;
  throw new pulumi.RunError(
    `No binding is known for \`${resource}\`. Add its member type to infra/components/access.ts.`,
  );
}
