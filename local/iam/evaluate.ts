/**
 * Google's rule of access, pure: a request is allowed when a binding on the resource or on something above it gives the
 * principal a role that holds the permission. Source: cloud.google.com/iam/docs/resource-hierarchy-access-control.
 */
import { suggest, type Grantable } from "./suggest.ts";
import type { AccessRequest, Binding, Member, Principal, Verdict } from "./types.ts";

/** Bindings, indexed for questions. */
export interface Policy {
  readonly bindings: readonly Binding[];
  readonly grantable: Grantable;
  /** Resource → permission → normalised member → the first binding declared that gives it. */
  readonly index: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Binding>>>;
}

/** Indexes the bindings. Throws for a role that there is none of to grant. */
export function createPolicy(bindings: readonly Binding[], grantable: Grantable): Policy {
  const index = new Map<string, Map<string, Map<string, Binding>>>();
  for (const binding of bindings) {
    const permissions = grantable.roles.permissionsOf(binding.role);
    if (permissions === undefined) {
      throw new Error(`${binding.role} on ${binding.resource} is in no service's roles.ts.`);
    }
    if (!isResolvable(binding.member)) continue;
    const member = normalised(binding.member);
    const onResource = entry(index, binding.resource);
    for (const permission of permissions) {
      const members = entry(onResource, permission);
      if (!members.has(member)) members.set(member, binding);
    }
  }
  return { bindings, grantable, index };
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
 * specific member (identity, domain, allAuthenticatedUsers, allUsers), then the first declared.
 */
export function evaluate(policy: Policy, request: AccessRequest): Verdict {
  const members = membersOf(request.principal);
  for (const resource of upwards(request)) {
    const granted = policy.index.get(resource)?.get(request.permission);
    if (granted !== undefined) {
      for (const member of members) {
        const by = granted.get(member);
        if (by !== undefined) return { allowed: true, by };
      }
    }
  }
  return { allowed: false, missing: suggest(request, policy.grantable) };
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
