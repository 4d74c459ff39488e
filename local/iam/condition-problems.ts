/** What Google refuses of conditional bindings. Source: cloud.google.com/iam/docs/conditions-overview and …/iam/quotas. */
import type { Condition } from "../../infra/google/condition.ts";
import { kindOf, type Kind } from "../../infra/google/kind.ts";
import { expressionProblems, readsResource } from "./expression-problems.ts";
import type { Binding } from "./types.ts";

/** Of one role and one member in one policy. */
const MAX_CONDITIONAL = 20;

const BASIC_ROLES = new Set(["roles/owner", "roles/editor", "roles/viewer"]);
const EVERYBODY = new Set(["allUsers", "allAuthenticatedUsers"]);

type Granted = Omit<Binding, "kind">;
type Conditional = Granted & { readonly condition: Condition };

/** What is wrong with the conditions of bindings, a sentence each. */
export function conditionProblems(
  bindings: readonly Granted[],
  kinds: readonly Kind[],
): readonly string[] {
  const conditional = bindings.filter((binding) => hasCondition(binding));
  return [
    ...conditional.flatMap((binding) =>
      problemsOf(binding, kinds).map((problem) => `${named(binding)}: ${problem}.`),
    ),
    // By their titles bindings are named here and imported.
    ...oftenerThan(
      1,
      conditional,
      ({ condition, ...granted }) => `${grantOf(granted)} and the title "${condition.title}"`,
    ),
    ...oftenerThan(MAX_CONDITIONAL, conditional, grantOf),
  ];
}

function problemsOf(
  { member, role, resource, condition }: Conditional,
  kinds: readonly Kind[],
): readonly string[] {
  const problems: string[] = [];
  if (EVERYBODY.has(member)) problems.push(`nothing is granted to ${member} on a condition`);
  if (BASIC_ROLES.has(role)) problems.push(`${role} is a basic role, which takes no condition`);
  const kind = kindOf(resource, kinds);
  const taken = kind?.member?.conditions;
  if (taken === undefined) {
    problems.push(`the policy of a ${kind?.noun ?? "resource"} takes no conditions`);
  } else if (taken === "time" && readsResource(condition.expression)) {
    problems.push(`the service of a ${kind?.noun ?? "resource"} shows conditions no resource`);
  }
  if (condition.title.trim() === "") problems.push("its title is empty");
  return [...problems, ...expressionProblems(condition.expression, "binding")];
}

function oftenerThan(
  most: number,
  conditional: readonly Conditional[],
  nameOf: (binding: Conditional) => string,
): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of conditional.map(nameOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > most)
    .map(([name, count]) => `${name}: ${count} conditions, and ${most} at most.`);
}

function hasCondition(binding: Granted): binding is Conditional {
  return binding.condition !== undefined;
}

function grantOf({ member, role, resource }: Granted): string {
  return `${member} ${role} on ${resource}`;
}

function named({ member, role, resource, condition }: Conditional): string {
  return `The condition "${condition.title}" of ${role} on ${resource} for ${member}`;
}
