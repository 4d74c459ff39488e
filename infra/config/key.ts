/** A key of a stack's config, with all that is known of it in one place. */
import type * as v from "valibot";

export type Example = string | number | boolean;

/** What an entry of a list may say, by name. */
export type Fields = Readonly<Record<string, Pick<Key, "example" | "part">>>;

export interface Key {
  readonly schema: v.GenericSchema;
  /** As Pulumi.yaml gives it; "" stands for none. */
  readonly default: unknown;
  /** For a person who sets it. */
  readonly description: string;
  /** A value that would do; a list's and a group's is one of its parts. */
  readonly example: Example;
  /** The part of a list or a group of which the example is: `[0]`, `.TF_VAR_region`. */
  readonly part?: string;
  /** Of a list of groups. */
  readonly fields?: Fields;
  /** Whether Pulumi hands it over as it was typed; anything else is JSON. */
  readonly isText?: true;
  /** Whether it is digits that are no number: without quotes YAML makes one of them. */
  readonly isQuoted?: true;
}

export type Keys = Readonly<Record<string, Key>>;

/** Of a set of keys, what each must be. */
export function schemasOf<K extends Keys>(
  keys: K,
): { readonly [Name in keyof K]: K[Name]["schema"] } {
  const entries = Object.entries(keys).map(([name, { schema }]) => [name, schema] as const);
  return Object.fromEntries(entries) as { [Name in keyof K]: K[Name]["schema"] };
}
