/**
 * What the IAM methods answer for any kind of resource that has a policy, whatever wire they come by: it is the program's
 * rows on that very resource, which nobody changes over the API.
 */
import { createHash } from "node:crypto";
import { ApiError } from "../errors.ts";
import type { Binding, Caller, Need } from "../iam/types.ts";
import type { Cloud } from "./api.ts";

/** A resource with a policy of its own, as its service judges it. */
export interface Governed {
  /** What its permissions begin with: `cloudtasks.queues`. */
  readonly permissions: string;
  readonly on: Omit<Need, "permission">;
}

/** google/iam/v1/policy.proto. */
export interface PolicyView {
  /** Absent where nothing is granted. */
  readonly version?: 1 | 3;
  readonly etag: Buffer;
  readonly bindings?: readonly BindingView[];
}

interface BindingView {
  readonly role: string;
  readonly members: readonly string[];
  readonly condition?: NonNullable<Binding["condition"]>;
}

/** What Google answers for a policy that was never set: `etag: ACAB`. */
const NEVER_SET = Buffer.from("ACAB", "base64");

/** cloud.google.com/iam/docs/reference/rest/v1/Policy, testIamPermissions; the number is ours. */
const MAX_TESTED = 100;

/** What the caller of getIamPolicy needs. */
export function needToRead({ permissions, on }: Governed): Need {
  return { ...on, permission: `${permissions}.getIamPolicy` };
}

/**
 * The policy, in the version that a reader asks for: who does not ask for 3 is told of conditions by the role's name alone.
 * Throws INVALID_ARGUMENT for a version that there is not. Source: cloud.google.com/iam/docs/policies#versions.
 */
export function policyView(
  { on }: Governed,
  requested: number | undefined,
  cloud: Pick<Cloud, "bindingsOn">,
): PolicyView {
  if (![0, 1, 3].includes(requested ?? 0)) {
    throw new ApiError("INVALID_ARGUMENT", `Policy version ${requested} is not 0, 1 or 3.`);
  }
  const bindings = grouped(cloud.bindingsOn(on.resource));
  if (bindings.length === 0) return { etag: NEVER_SET };
  const etag = digest(bindings).subarray(0, 8);
  if (bindings.every(({ condition }) => condition === undefined)) {
    return { version: 1, etag, bindings };
  }
  return requested === 3
    ? { version: 3, etag, bindings }
    : { version: 1, etag, bindings: bindings.map(withoutCondition) };
}

/** Which of these permissions the caller has, in their order. Leaves no trace: it is a question, not a use. */
export function permissionsHeld(
  { on }: Governed,
  asked: readonly string[],
  { cloud, caller }: { readonly cloud: Pick<Cloud, "isAllowed">; readonly caller: Caller },
): readonly string[] {
  if (asked.length > MAX_TESTED) {
    throw new ApiError("INVALID_ARGUMENT", `At most ${MAX_TESTED} permissions are tested at once.`);
  }
  const wild = asked.find((permission) => permission.includes("*"));
  if (wild !== undefined) {
    throw new ApiError("INVALID_ARGUMENT", `Permission ${wild}: wildcards are not allowed.`);
  }
  return asked.filter((permission) => cloud.isAllowed({ ...caller, ...on, permission }));
}

/** Why no policy can be set. Whoever asks: nobody shall be told to grant themselves what would not help. */
export function notSettable({ on }: Governed): ApiError {
  return new ApiError(
    "FAILED_PRECONDITION",
    `The policy of ${on.resource} is what the program declares. Change its rows in infra/systems/<system>/access.ts, and save.`,
  );
}

/** One binding for each role and condition. The program registers in no fixed order. */
function grouped(bindings: readonly Binding[]): readonly BindingView[] {
  const groups = Map.groupBy(bindings, ({ role, condition }) => JSON.stringify([role, condition]));
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...more]]) => {
      if (first === undefined) return [];
      const { role, condition } = first;
      const members = [...new Set([first, ...more].map(({ member }) => member))].toSorted();
      return [{ role, members, ...(condition && { condition }) }];
    });
}

/** `roles/storage.objectViewer_withcond_58e135cabb940ad9346c`, as the guide of the versions shows it. */
function withoutCondition({ role, members, condition }: BindingView): BindingView {
  if (condition === undefined) return { role, members };
  return { role: `${role}_withcond_${digest(condition).toString("hex").slice(0, 20)}`, members };
}

function digest(value: unknown): Buffer {
  return createHash("sha256").update(JSON.stringify(value)).digest();
}
