/** The kinds of values that a stack's config is made of. Messages complete the sentence "it must …". */
import * as v from "valibot";

export const text = (pattern: RegExp, rule: string) =>
  v.pipe(v.string(rule), v.regex(pattern, rule));

/** `pulumi config set` and `stack init` write a flag as text. */
export const Flag = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(["true", "false"]),
      v.transform((text) => text === "true"),
    ),
  ],
  "must be true or false",
);

/** Somebody by name; never everybody. `more` is what else the sentence says. */
export const member = (more = "") =>
  text(
    /^(user|group|serviceAccount|domain):\S+$/,
    `must be user:EMAIL, group:EMAIL, serviceAccount:EMAIL or domain:NAME${more}`,
  );

export const list = <Item extends v.GenericSchema>(item: Item) => v.array(item, "must be a list");

/** A list in which saying something twice means no more than saying it once. */
export const set = <Item extends v.GenericSchema>(item: Item) =>
  v.pipe(
    list(item),
    v.transform((items) => [...new Set(items)]),
  );

/** A number; `pulumi config set --path` writes one with a fraction as text. */
export const numeric = (rule: string) =>
  v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/), v.transform(Number))], rule);

/** A whole number of at least `min`. */
export const whole = (min: number, rule: string) =>
  v.pipe(numeric(rule), v.integer(rule), v.minValue(min, rule));

/** A function's name, which is its Cloud Run service's too, and the name that callers of the enqueuer use. */
export const FunctionName = v.pipe(
  v.string("must be text"),
  v.regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen",
  ),
);

export const ProjectNumber = text(
  /^[1-9]\d{5,19}$/,
  "must be the project's number, digits in quotes",
);

/** Source: cloud.google.com/run/docs/locations, by the shape of its names. */
export const RegionName = v.pipe(
  v.string("must be a region like us-central1"),
  v.regex(/^[a-z]+-[a-z]+\d+$/, "must be a region like us-central1"),
);
