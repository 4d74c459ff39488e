/** Which binding to add when access is denied. */
import { isAgent, type ServiceAgent } from "../../infra/google/agent.ts";
import { kindOf, type Kind } from "../../infra/google/kind.ts";
import type { RoleTable } from "./roles.ts";
import type { AccessRequest, Binding, Denials } from "./types.ts";

/** What there is to grant, on what and to which agents. */
export interface Grantable {
  readonly roles: RoleTable;
  readonly kinds: readonly Kind[];
  readonly agents: readonly ServiceAgent[];
  /** How services say that something is not granted. */
  readonly denials: Denials;
}

/**
 * The least binding that would allow the request: the role with the fewest permissions, on the nearest resource that
 * carries a policy. A service agent's own role is proposed to that agent only, on the project, where Google grants it.
 * Undefined for an anonymous caller, and where no role of the table holds the permission.
 */
export function suggest(
  { principal, permission, resource }: AccessRequest,
  { roles, kinds, agents }: Omit<Grantable, "denials">,
): Binding | undefined {
  if (principal === "anonymous") return undefined;
  for (const role of roles.rolesWith(permission)) {
    const agent = agents.find((each) => each.role === role);
    if (agent === undefined) {
      return { member: principal, role, resource: withPolicy(resource, kinds), kind: "role" };
    }
    if (isAgent(agent, principal)) {
      return { member: principal, role, resource: projectOf(resource), kind: "google" };
    }
  }
  return undefined;
}

function withPolicy(resource: string, kinds: readonly Kind[]): string {
  const segments = resource.split("/");
  // From the front: an object's name has segments of its own, and may look like another resource's.
  for (let end = 4; end <= segments.length; end += 2) {
    const name = segments.slice(0, end).join("/");
    if (kindOf(name, kinds)?.member !== undefined) return name;
  }
  return projectOf(resource);
}

function projectOf(resource: string): string {
  return resource.split("/").slice(0, 2).join("/");
}
