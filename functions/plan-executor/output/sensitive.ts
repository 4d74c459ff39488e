/** Numbers of fewer digits say nothing, and stand everywhere in a plan. */
const MIN_DIGITS = 6;

/**
 * The texts and long numbers of a value that its mask calls sensitive. A mask is `true` for all of a value, or has the
 * value's own shape where parts of it are (opentofu.org/docs/internals/json-format, before_sensitive).
 */
export function* sensitiveLeaves(value: unknown, mask: unknown): Generator<string> {
  if (mask === true) {
    yield* leavesOf(value);
    return;
  }
  if (!isContainer(mask) || !isContainer(value)) return;
  for (const [name, part] of Object.entries(mask)) yield* sensitiveLeaves(value[name], part);
}

/** All texts and long numbers of a value, names of members not among them. */
export function* leavesOf(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value === "number" && String(value).length >= MIN_DIGITS) yield String(value);
  if (!isContainer(value)) return;
  for (const part of Object.values(value)) yield* leavesOf(part);
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
