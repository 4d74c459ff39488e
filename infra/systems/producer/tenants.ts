/** Which of the work bucket's objects tokens may be made for, where a stack names its tenants. */
import type { Condition } from "../../google/condition.ts";

/** Source: cloud.google.com/iam/quotas, "Logical operators in an allow policy binding's condition expression". */
const MAX_OPERATORS = 12;
/** Source: cloud.google.com/iam/docs/conditions-overview, "Condition expression". */
const MAX_EXPRESSION_CHARACTERS = 2048;

/**
 * Conditions that together hold for all objects of these prefixes, as few as Google's limits allow. `prefixes` have no
 * quote and no backslash.
 */
export function tenantConditions(bucket: string, prefixes: readonly string[]): Condition[] {
  const parts: string[][] = [];
  for (const prefix of prefixes) {
    const term = `resource.name.startsWith('projects/_/buckets/${bucket}/objects/${prefix}')`;
    const last = parts.at(-1);
    if (last !== undefined && fits([...last, term])) last.push(term);
    else parts.push([term]);
  }
  return parts.map((terms, index) => ({
    title: index === 0 ? "tenants" : `tenants-${index + 1}`,
    expression: expressionOf(terms),
  }));
}

/** Holds for a list: it is asked of the bucket, which no prefix of an object's name ever matches. */
export function listingCondition(bucket: string): Condition {
  return { title: "listing", expression: `resource.name == 'projects/_/buckets/${bucket}'` };
}

function fits(terms: readonly string[]): boolean {
  return (
    terms.length - 1 <= MAX_OPERATORS && expressionOf(terms).length <= MAX_EXPRESSION_CHARACTERS
  );
}

function expressionOf(terms: readonly string[]): string {
  return terms.join(" || ");
}
