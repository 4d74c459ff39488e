/** A key of a stack's config, with all that is known of it in one place. */
import type * as v from "valibot";
import type { Secret } from "../secret.ts";

export type Example = string | number | boolean;

/** What an entry of a list may say, by name. */
export type Fields = Readonly<Record<string, Pick<PlainKey, "example" | "part">>>;

interface Described {
  /** As Pulumi.yaml gives it; "" stands for none. */
  readonly default: unknown;
  /** For a person who sets it. */
  readonly description: string;
}

export interface PlainKey extends Described {
  readonly schema: v.GenericSchema;
  /** A value that would do; a list's and a group's is one of its parts. */
  readonly example: Example;
  /** The part of a list or a group of which the example is: `[0]`, `.TF_VAR_region`. */
  readonly part?: string;
  /** Of a list of groups. */
  readonly fields?: Fields;
  /** All that an entry of the list may be. */
  readonly words?: readonly string[];
  /** Whether Pulumi hands it over as it was typed; anything else is JSON. */
  readonly isText?: true;
  /** Whether it is digits that are no number: without quotes YAML makes one of them. */
  readonly isQuoted?: true;
  readonly secret?: never;
}

/** A key whose value is a secret. */
export interface SecretKey extends Described {
  readonly secret: {
    /** What it is, for whoever makes one up. */
    readonly kind: "text" | "rsaPrivateKey";
    /** What it must be, as the end of a sentence. */
    readonly rule: string;
    /** What follows `config set --secret`; without a value Pulumi asks for one, so that no shell remembers it. */
    readonly set: string;
    /** The value as the program uses it; undefined where it is no good. */
    readonly read: (text: string) => string | undefined;
    /** Whether the system that it belongs to can do without it: then it is empty, and nobody makes one up. */
    readonly isOptional?: true;
  };
}

export type Key = PlainKey | SecretKey;

export type Keys = Readonly<Record<string, Key>>;

/** What a set of keys says once it is read. */
export type ValuesOf<K extends Keys> = {
  readonly [Name in keyof K]: K[Name] extends { readonly schema: infer S extends v.GenericSchema }
    ? Readonly<v.InferOutput<S>>
    : Secret;
};

export function isSecret(key: Key | undefined): key is SecretKey {
  return key?.secret !== undefined;
}

/** Of a set of keys those that are no secrets. */
export function plainKeys(keys: Keys): readonly (readonly [name: string, key: PlainKey])[] {
  return Object.entries(keys).flatMap(([name, key]) => (isSecret(key) ? [] : [[name, key]]));
}
