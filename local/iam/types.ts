/**
 * IAM in plain values. Resources are relative names as Google writes them in policies:
 *
 *     projects/P                                       projects/P/locations/L/queues/Q
 *     projects/P/serviceAccounts/EMAIL                 projects/P/locations/L/services/S
 *     projects/_/buckets/B                             projects/_/buckets/B/objects/a/b.txt
 */

import type { Condition } from "../../infra/google/condition.ts";

/** `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`, `domain:D`, `allUsers` or `allAuthenticatedUsers`. */
export type Member = string;

/** Who is asking: a member with an identity, or nobody (no token at all). */
export type Principal = `serviceAccount:${string}` | `user:${string}` | "anonymous";

/** Who is asking, and what of their access the token at hand carries. */
export interface Caller {
  readonly principal: Principal;
  /** Default: all of it. */
  readonly boundary?: Boundary;
}

/**
 * A Credential Access Boundary: allowed is what both the policy and one of the rules allow.
 * Source: cloud.google.com/iam/docs/downscoping-short-lived-credentials.
 */
export type Boundary = readonly BoundaryRule[];

export interface BoundaryRule {
  /** `//storage.googleapis.com/projects/_/buckets/B` */
  readonly availableResource: string;
  /** `inRole:roles/storage.objectViewer`: whatever the role holds. */
  readonly availablePermissions: readonly string[];
  readonly availabilityCondition?: Partial<Condition> & Pick<Condition, "expression">;
}

/** One role for one member on one resource. */
export interface Binding {
  readonly member: Member;
  /** `roles/cloudtasks.enqueuer` */
  readonly role: string;
  readonly resource: string;
  /** When it holds. Default: always. */
  readonly condition?: Condition;
  /** `role`: declared for our accounts; `google`: what Google grants its own agents. */
  readonly kind: "role" | "google";
}

/** An identity that the program declares. */
export interface ServiceAccount {
  /** The part before the @: `enqueuer-api`. */
  readonly id: string;
  readonly email: string;
}

/** What has to be allowed for something to be done. */
export interface Need {
  /** `cloudtasks.tasks.create` */
  readonly permission: string;
  readonly resource: string;
  /** What the resource is in, where its name does not say: the project of `projects/_/buckets/B`. */
  readonly parent?: string;
  /** What conditions can read. Default: nothing, as of services that have no such attributes. */
  readonly attributes?: Attributes;
}

/** A resource as its service shows it to conditions. Source: cloud.google.com/iam/docs/conditions-attribute-reference. */
export interface Attributes {
  /** As that service writes names: Secret Manager's have the project's number. Absent where it shows none. */
  readonly name?: string;
  /** `storage.googleapis.com/Object` */
  readonly type: string;
  /** `storage.googleapis.com` */
  readonly service: string;
  /** What `api.getAttribute` knows: `storage.googleapis.com/objectListPrefix`. */
  readonly api?: Readonly<Record<string, string | readonly string[]>>;
}

/** One question to IAM. */
export interface AccessRequest extends Caller, Need {}

export type Verdict =
  { readonly allowed: true; readonly by: Binding } | ({ readonly allowed: false } & Refusal);

/** Why it is not allowed. */
export interface Refusal {
  /** The least binding that would allow it; undefined where no role of the table holds the permission, or none is missing. */
  readonly missing: Binding | undefined;
  /** Bindings that would allow it, were their conditions met. */
  readonly unmet?: readonly Unmet[];
  /** Where the policy allows it, by that binding, and the token's boundary does not. */
  readonly beyond?: { readonly by: Binding; readonly why: string };
}

export interface Unmet {
  readonly binding: Binding;
  /** What kept its condition from being evaluated. Default: it was evaluated. */
  readonly why?: string;
}

/**
 * First part of a permission (`storage`) → the sentence in which that service refuses. `usual`: how most say it of a
 * resource.
 */
export type Denials = Readonly<
  Record<string, (request: AccessRequest, usual: (resource: string) => string) => string>
>;

/** A verdict with its question and its moment, as the feed keeps it. */
export type Decision = AccessRequest & Verdict & { readonly at: number };

/**
 * Asks IAM, notes the decision, and throws `PERMISSION_DENIED` in Google's words where it is refused.
 * Under `--iam off` nothing is asked; under `report` a refusal is noted but not thrown.
 */
export type Authorize = (request: AccessRequest) => void;
