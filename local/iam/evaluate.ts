/**
 * Google's rule of access, pure: a request is allowed when a binding on the resource or on something above it gives the
 * principal a role that holds the permission, and its condition is met; and, where the caller's token has a boundary, that
 * makes it available too. Source: cloud.google.com/iam/docs/resource-hierarchy-access-control and …/conditions-overview.
 */
import { beyond } from "./boundary.ts";
import { compile, type Expression } from "./expression.ts";
import { suggest, type Grantable } from "./suggest.ts";
import type { AccessRequest, Binding, Member, Principal, Unmet, Verdict } from "./types.ts";

/** Bindings, indexed for questions. */
export interface Policy {
  readonly bindings: readonly Binding[];
  readonly grantable: Grantable;
  /** Resource → permission → normalised member → the bindings that give it: those without a condition first, then as declared. */
  readonly index: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, readonly Granted[]>>>;
}

interface Granted {
  readonly binding: Binding;
  /** Default: always met. */
  readonly condition: Expression | undefined;
}

/** Indexes the bindings. Throws for a role that there is none of to grant, and for a condition that is no expression. */
export function createPolicy(bindings: readonly Binding[], grantable: Grantable): Policy {
  const index = new Map<string, Map<string, Map<string, Granted[]>>>();
  for (const binding of unconditionalFirst(bindings)) {
    const permissions = grantable.roles.permissionsOf(binding.role);
    if (permissions === undefined) {
      throw new Error(`${binding.role} on ${binding.resource} is in no service's roles.ts.`);
    }
    if (!isResolvable(binding.member)) continue;
    const member = normalised(binding.member);
    const condition = binding.condition && compile(binding.condition.expression);
    const given = { binding, condition };
    const onResource = entry(index, binding.resource);
    for (const permission of permissions) {
      const members = entry(onResource, permission);
      const granted = members.get(member);
      if (granted === undefined) members.set(member, [given]);
      else granted.push(given);
    }
  }
  return { bindings, grantable, index };
}

function unconditionalFirst(bindings: readonly Binding[]): readonly Binding[] {
  return bindings.toSorted(
    (a, b) => Number(a.condition !== undefined) - Number(b.condition !== undefined),
  );
}

/**
 * Whether it can be told here who stands behind the member. The membership of a `group:` is known to Google alone, so
 * such a binding allows nobody locally; deleted members and federated principals allow nobody either.
 */
export function isResolvable(member: Member): boolean {
  return /^(user|serviceAccount|domain):.|^all(Authenticated)?Users$/.test(member);
}

/**
 * Answers the question. Where several bindings would allow it, the nearest to the resource is named, then the most
 * specific member (identity, domain, allAuthenticatedUsers, allUsers), then one without a condition, then the first
 * declared.
 * @param at Milliseconds since the epoch: what conditions take for the time of the request.
 */
export function evaluate(policy: Policy, request: AccessRequest, at: number): Verdict {
  const { grantable } = policy;
  const unmet: Unmet[] = [];
  const { boundary, attributes } = request;
  for (const { binding, condition } of granting(policy, request)) {
    const outcome = condition?.({ attributes, at });
    if (outcome?.met === false) {
      unmet.push({ binding, ...(outcome.why !== undefined && { why: outcome.why }) });
      continue;
    }
    const why = boundary && beyond(boundary, request, grantable.roles, at);
    if (why === undefined) return { allowed: true, by: binding };
    return { allowed: false, missing: undefined, beyond: { by: binding, why } };
  }
  const missing = suggest(request, grantable);
  return { allowed: false, missing, ...(unmet.length > 0 && { unmet }) };
}

/** What gives the principal a role that holds the permission, in the order in which it counts. */
function* granting({ index }: Policy, request: AccessRequest): Iterable<Granted> {
  const members = membersOf(request.principal);
  for (const resource of upwards(request)) {
    const granted = index.get(resource)?.get(request.permission);
    if (granted === undefined) continue;
    for (const member of members) yield* granted.get(member) ?? [];
  }
}

/** The resource and everything above it, nearest first. */
function* upwards({ resource, parent }: AccessRequest): Iterable<string> {
  // Cutting one segment at a time also passes `projects/P/locations`, which can hold no binding.
  for (let name = resource; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf("/")))) {
    yield name;
  }
  if (parent !== undefined) yield parent;
}

/** Everything that a binding may call this principal, most specific first. */
function membersOf(principal: Principal): readonly string[] {
  if (principal === "anonymous") return ["allUsers"];
  const identity = normalised(principal);
  if (!identity.startsWith("user:")) return [identity, "allAuthenticatedUsers", "allUsers"];
  const domain = `domain:${identity.slice(identity.lastIndexOf("@") + 1)}`;
  return [identity, domain, "allAuthenticatedUsers", "allUsers"];
}

/** Emails and domains are compared without regard to case. */
function normalised(member: Member): string {
  const colon = member.indexOf(":");
  if (colon < 0) return member;
  return member.slice(0, colon + 1) + member.slice(colon + 1).toLowerCase();
}

function entry<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = new Map<string, Value>();
  map.set(key, created);
  return created;
}
