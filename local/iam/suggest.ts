/** Which binding to add when access is denied. */
import { isServiceAgentRole, rolesWith } from "./roles.ts";
import type { AccessRequest, Binding, Principal } from "./types.ts";

/** Collections below a project whose members carry an IAM policy. Access to anything else is granted on what is above it. */
const COLLECTIONS_WITH_POLICY = new Set([
  "buckets",
  "queues",
  "secrets",
  "serviceAccounts",
  "services",
  "subscriptions",
  "topics",
]);

/**
 * The least binding that would allow the request: the role with the fewest permissions, on the nearest resource that
 * carries a policy. A service agent's own role is proposed to that agent only, on the project, where Google grants it.
 * Undefined for an anonymous caller, and where no role of the table holds the permission.
 */
export function suggest({ principal, permission, resource }: AccessRequest): Binding | undefined {
  if (principal === "anonymous") return undefined;
  for (const role of rolesWith(permission)) {
    if (!isServiceAgentRole(role)) {
      return { member: principal, role, resource: withPolicy(resource), kind: "role" };
    }
    if (isAgentOf(role, principal)) {
      return { member: principal, role, resource: projectOf(resource), kind: "google" };
    }
  }
  return undefined;
}

/** `roles/cloudtasks.serviceAgent` is the role of `service-N@gcp-sa-cloudtasks.iam.gserviceaccount.com`. */
function isAgentOf(role: string, principal: Principal): boolean {
  const service = role.slice("roles/".length, role.indexOf("."));
  return principal.toLowerCase().endsWith(`@gcp-sa-${service}.iam.gserviceaccount.com`);
}

function withPolicy(resource: string): string {
  const segments = resource.split("/");
  // From the front: an object's name has segments of its own, and one of them may be called `queues`.
  for (let end = 2; end <= segments.length; end += 2) {
    if (COLLECTIONS_WITH_POLICY.has(segments[end - 2] ?? "")) {
      return segments.slice(0, end).join("/");
    }
  }
  return projectOf(resource);
}

function projectOf(resource: string): string {
  return resource.split("/").slice(0, 2).join("/");
}
