/** When a binding holds, in CEL. Source: cloud.google.com/iam/docs/conditions-overview. */
export interface Condition {
  /** What tells it from others of the same role and member: `leases`. */
  readonly title: string;
  /** `resource.name.startsWith("projects/_/buckets/B/objects/leases/")` */
  readonly expression: string;
  readonly description?: string;
}

/** `leases: resource.name.startsWith("…")` */
export function conditionWords({ title, expression, description }: Condition): string {
  return `${title}: ${expression}${description === undefined ? "" : ` (${description})`}`;
}

/** How it goes on behind what is granted: `, if leases: resource.name.startsWith("…")`; nothing where there is none. */
export function conditionText(condition: Condition | undefined): string {
  return condition === undefined ? "" : `, if ${conditionWords(condition)}`;
}
