/** When a binding holds, in CEL. Source: cloud.google.com/iam/docs/conditions-overview. */
export interface Condition {
  /** What tells it from others of the same role and member: `leases`. */
  readonly title: string;
  /** `resource.name.startsWith("projects/_/buckets/B/objects/leases/")` */
  readonly expression: string;
  readonly description?: string;
}

/** How it goes on behind what is granted: `, if leases: resource.name.startsWith("…")`; nothing where there is none. */
export function conditionText(condition: Condition | undefined): string {
  if (condition === undefined) return "";
  const { title, expression, description } = condition;
  return `, if ${title}: ${expression}${description === undefined ? "" : ` (${description})`}`;
}
