/** Values of JSON and of queries, read as leniently as the service reads them. */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as text without spaces around it; empty for what is no string, number or boolean, and for what is false or 0. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (typeof value !== "number" && typeof value !== "boolean") return "";
  return value === 0 || value === false ? "" : String(value);
}

/** The first of the values that is some text. */
export function firstText(...values: readonly unknown[]): string {
  return values.map(textOf).find((text) => text !== "") ?? "";
}

/** A number above zero, or undefined. */
export function positive(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

const YES = new Set(["true", "1", "yes", "y", "on"]);

/** `true`, `1`, `yes`, `y` and `on`, in any case; everything else is no. */
export function isYes(value: unknown): boolean {
  return YES.has(textOf(value).toLowerCase());
}
