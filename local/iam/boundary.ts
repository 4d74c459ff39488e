/**
 * Credential Access Boundaries, which Cloud Storage alone honours.
 * Source: cloud.google.com/iam/docs/downscoping-short-lived-credentials.
 */
import { compile, type Expression } from "./expression.ts";
import { expressionProblems } from "./expression-problems.ts";
import type { RoleTable } from "./roles.ts";
import type { AccessRequest, Boundary, BoundaryRule } from "./types.ts";

const MAX_RULES = 10;
const BUCKET = /^\/\/storage\.googleapis\.com\/(?<bucket>projects\/_\/buckets\/[^/]+)$/;
const IN_ROLE = "inRole:";

/** What the token service refuses of a boundary, a sentence each. */
export function boundaryProblems(boundary: Boundary, roles: RoleTable): readonly string[] {
  const count = boundary.length;
  if (count === 0 || count > MAX_RULES) {
    return [`a boundary has 1 to ${MAX_RULES} rules, and this one has ${count}`];
  }
  return boundary.flatMap((rule, index) =>
    ruleProblems(rule, roles).map((problem) => `rule ${index + 1}: ${problem}`),
  );
}

function ruleProblems(
  { availableResource, availablePermissions, availabilityCondition }: BoundaryRule,
  roles: RoleTable,
): readonly string[] {
  const problems: string[] = [];
  if (!BUCKET.test(availableResource)) {
    problems.push(
      `${availableResource} is not a bucket like //storage.googleapis.com/projects/_/buckets/NAME`,
    );
  }
  if (availablePermissions.length === 0) problems.push("it makes no permission available");
  for (const permission of availablePermissions) {
    if (rolePermissions(permission, roles) === undefined) {
      problems.push(`${permission} is not ${IN_ROLE} and a role that is known`);
    }
  }
  if (availabilityCondition === undefined) return problems;
  const { expression } = availabilityCondition;
  return [...problems, ...expressionProblems(expression, "boundary")];
}

/** What keeps a request out of a boundary; undefined for one that is within. */
export function beyond(
  boundary: Boundary,
  { permission, resource, attributes }: AccessRequest,
  roles: RoleTable,
  at: number,
): string | undefined {
  const about = boundary.filter((rule) => isAbout(rule, resource));
  if (about.length === 0) return `none of its rules is about ${resource}`;
  const holding = about.filter(({ availablePermissions }) =>
    availablePermissions.some((each) => rolePermissions(each, roles)?.includes(permission)),
  );
  if (holding.length === 0) return `no rule about ${resource} holds ${permission}`;
  const unmet: string[] = [];
  for (const rule of holding) {
    const expression = conditionOf(rule);
    if (expression === undefined) return undefined;
    const outcome = expression({ attributes, at });
    if (outcome.met) return undefined;
    const why = outcome.why === undefined ? "" : ` (it cannot be evaluated: ${outcome.why})`;
    unmet.push(`${rule.availabilityCondition?.expression ?? ""}${why}`);
  }
  return `the condition of its rule is not met: ${unmet.join("; ")}`;
}

function isAbout({ availableResource }: BoundaryRule, resource: string): boolean {
  const { bucket } = BUCKET.exec(availableResource)?.groups ?? {};
  return bucket !== undefined && (resource === bucket || resource.startsWith(`${bucket}/`));
}

function rolePermissions(permission: string, roles: RoleTable): readonly string[] | undefined {
  if (!permission.startsWith(IN_ROLE)) return undefined;
  return roles.permissionsOf(permission.slice(IN_ROLE.length));
}

/** Rules live as long as the tokens that carry them. */
const compiled = new WeakMap<BoundaryRule, Expression>();

function conditionOf(rule: BoundaryRule): Expression | undefined {
  if (rule.availabilityCondition === undefined) return undefined;
  const known = compiled.get(rule);
  if (known !== undefined) return known;
  const made = compile(rule.availabilityCondition.expression);
  compiled.set(rule, made);
  return made;
}
