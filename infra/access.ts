/** The access matrix as data: who may do what on which resource, and why. Printed, granted, enforced locally and tested. */
import { agentMember, type ServiceAgent } from "./google/agent.ts";
import { conditionText, type Condition } from "./google/condition.ts";
import * as iam from "./google/iam/kinds.ts";
import {
  kindOf,
  type Kind,
  type MemberInputs,
  type MemberType,
  type Place,
} from "./google/kind.ts";
import * as projects from "./google/project/kinds.ts";
import { KINDS } from "./google/services.ts";

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
  /** When it holds. Default: always. */
  readonly condition?: Condition;
  /** What the principal does with it. */
  readonly why: string;
  /** Where it is written that this is needed. */
  readonly source: string;
}

/** How a system writes its rows of the kind `role`. A predefined role's name goes without `roles/`. */
export function rowsOf(system: string) {
  return (
    principal: string,
    role: string,
    resource: string,
    why: string,
    source: string,
    condition?: Condition,
  ): AccessRow => ({
    kind: "role",
    system,
    principal,
    role: role.startsWith("projects/") ? role : `roles/${role}`,
    resource,
    ...(condition && { condition }),
    why,
    source,
  });
}

/** A role that a system makes in its project, where no predefined one is small enough; rows name it `projects/P/roles/ID`. */
export interface CustomRole {
  /** 3 to 64 letters, digits, underscores and periods, unique in the project. */
  readonly id: string;
  /** What people see; at most 100 characters. */
  readonly title: string;
  /** Why no predefined role would do; at most 256 characters. */
  readonly why: string;
  /** Those that Google offers for custom roles: `cloud.google.com/iam/docs/custom-roles-permissions-support`. */
  readonly permissions: readonly string[];
}

/** What tells one row from another, and one binding. */
export function rowKey({
  principal,
  role,
  resource,
  condition,
}: Pick<AccessRow, "principal" | "role" | "resource" | "condition">): string {
  return `${principal} ${role} on ${resource}${conditionText(condition)}`;
}

/**
 * `enqueuer-api-cloudtasks.enqueuer-queue-brain`, and where there is a condition its title behind that. Only accounts of
 * the resource's own project are shortened, so that rows of one system never share a name.
 */
export function bindingName({ principal, role, resource, condition }: AccessRow): string {
  const who = iam.ownAccount(principal, resource) ?? principal.replace(":", "-");
  const what = resource.split("/").at(-1)?.replace(/@.*$/, "") ?? resource;
  const name = `${who}-${role.replace(/^roles\//, "")}-${what}`;
  return condition === undefined ? name : `${name}-${condition.title}`;
}

/** The additive member by which a row is granted. Throws where the resource's kind has no policy, or is not known. */
export function memberOf(
  { resource }: Pick<AccessRow, "resource">,
  kinds: readonly Kind[] = KINDS,
): MemberType {
  const member = kindOf(resource, kinds)?.member;
  if (member !== undefined) return member;
  throw new Error(
    `No binding is known for \`${resource}\`. Give its kind a member type in infra/google.`,
  );
}

/** The inputs of that member. */
export function memberInputs(
  { principal, role, resource, condition }: AccessRow,
  kinds: readonly Kind[] = KINDS,
): MemberInputs {
  const { whole } = memberOf({ resource }, kinds);
  const named =
    whole === undefined ? kindOf(resource, kinds)?.parse(resource) : { [whole]: resource };
  return { ...named, role, member: principal, ...(condition && { condition }) };
}

/**
 * What the provider finds that member by. Source: the imports of google_*_iam_member in the Terraform provider's
 * documentation: resource, role and member, and the title of the condition where there is one.
 */
export function memberImportId({ principal, role, resource, condition }: AccessRow): string {
  return [resource, role, principal, ...(condition ? [condition.title] : [])].join(" ");
}

/** The rows of the agents that a system relies on. */
export function agentRows(
  system: string,
  agents: readonly ServiceAgent[],
  place: Place,
): readonly AccessRow[] {
  return agents.map((agent) => ({
    kind: "google",
    system,
    principal: agentMember(agent, place),
    role: agent.role,
    resource: projects.project.of(place.project),
    why: agent.why,
    source: agent.source,
  }));
}
