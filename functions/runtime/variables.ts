// What roles expect of their environment in common; each env.ts says which variable is which.
import * as v from "valibot";

/** A variable that may be left out: then it is empty. */
export const Text = v.optional(v.string(), "");

export const NotEmpty = v.pipe(v.string(), v.nonEmpty("must not be empty"));

/** `https://host`, without a path: of a service of ours, whose audience it is too. */
export const Origin = v.pipe(
  v.string(),
  v.check((url) => URL.canParse(url) && new URL(url).origin === url, "must be an origin"),
);

export const HttpUrl = v.pipe(
  v.string(),
  v.check((url) => URL.canParse(url) && /^https?:/.test(url), "must be an http(s) URL"),
);

/** Of a service whose paths are appended: an http(s) URL, without its last slash. */
export const BaseUrl = v.pipe(
  HttpUrl,
  v.transform((url) => url.replace(/\/$/, "")),
);

export const Account = v.pipe(
  v.string(),
  v.email("must be the e-mail address of a service account"),
);

/** "true" or "false", as a boolean. */
export const Flag = v.pipe(
  v.picklist(["true", "false"], 'must be "true" or "false"'),
  v.transform((text) => text === "true"),
);

/** `projects/P/secrets/S/versions/V` */
export const SecretVersion = v.pipe(
  v.string(),
  v.regex(/^projects\/[^/]+\/secrets\/[^/]+\/versions\/[^/]+$/, "must be a secret's version"),
);

/** A whole number within bounds. `what` names its unit in problems: "seconds". */
export function whole(what: string, min: number, max: number) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, `must be a whole number of ${what}`),
    v.transform(Number),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );
}

/** `1`, `true`, `yes` or `on` against `0`, `false`, `no` or `off`, as older documents write a flag; as a boolean. */
export const Switch = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(["1", "true", "yes", "on", "0", "false", "no", "off"], "must be 1 or 0"),
  v.transform((text) => ["1", "true", "yes", "on"].includes(text)),
);

/** A variable that may be left out; set to nothing it counts as left out, as in an `.env` file. */
export function orDefault<Output>(schema: v.GenericSchema<string, Output>, fallback: string) {
  const filled = v.pipe(
    v.string(),
    v.transform((text) => (text === "" ? fallback : text)),
    schema,
  );
  return v.optional(filled, fallback);
}
