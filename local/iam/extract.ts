/** One placeholder, with what stands before and behind it. */
const TEMPLATE = /^(?<prefix>[^{}]*)\{\w+\}(?<suffix>[^{}]*)$/;

/** Whether the text is a template as `extract` takes them. */
export function isTemplate(template: string): boolean {
  return TEMPLATE.test(template);
}

/**
 * `"projects/_/buckets/b/objects/2026/x".extract("objects/{year}/")` is `2026`: what stands between the first prefix and
 * the first suffix behind it; empty where either is missing.
 * Source: cloud.google.com/iam/docs/conditions-attribute-reference#extract. Throws for what is no template.
 */
export function extract(value: string, template: string): string {
  const { prefix, suffix } = TEMPLATE.exec(template)?.groups ?? {};
  if (prefix === undefined || suffix === undefined) {
    throw new Error(`${template} is no template with one {placeholder}`);
  }
  const found = value.indexOf(prefix);
  if (found < 0) return "";
  const rest = value.slice(found + prefix.length);
  if (suffix === "") return rest;
  const end = rest.indexOf(suffix);
  return end < 0 ? "" : rest.slice(0, end);
}
