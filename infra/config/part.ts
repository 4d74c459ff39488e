/** What one part of the program, a system or the platform itself, has in a stack's config. */
import type { Problem } from "./errors.ts";
import type { Keys, ValuesOf } from "./key.ts";

/** A stack's values as they were written, well-formed or not. */
export type Written = Readonly<Record<string, unknown>>;

/** The name of a function that a stack would have. */
export interface TakenName {
  readonly name: unknown;
  /** What in the config says so; absent where the name is fixed. */
  readonly path?: string;
}

/** Methods, not function properties: a list may then hold parts of any keys. */
export interface ConfigPart {
  readonly keys: Keys;
  /** All that is wrong between values, as far as these are well-formed. `isOn`: whether the stack runs it. */
  check?(written: Written, isOn: boolean): readonly Problem[];
  /** What is computed from the platform's values and its own, once all are well-formed; it stands in their place. */
  derive?(values: never): object;
  /** The functions that it would make. */
  functions?(written: Written): readonly TakenName[];
}

/** The values of a part, with what it derives. Of a part of which nothing is known, nothing. */
export type PartValues<Part extends ConfigPart> = string extends keyof Part["keys"]
  ? unknown
  : Part extends { derive(values: never): infer Derived extends object }
    ? Omit<ValuesOf<Part["keys"]>, keyof Derived> & Readonly<Derived>
    : ValuesOf<Part["keys"]>;

/** The systems that there are, by their names, each with its part. */
export type Parts = Readonly<Record<string, { readonly config: ConfigPart }>>;

/** Whether a stack runs a system, as far as its values say so. */
export function runs({ systems }: Written, name: string): boolean {
  return Array.isArray(systems) && systems.includes(name);
}

/** The keys of all parts. Throws where two parts have one key. */
export function allKeys(parts: readonly ConfigPart[]): Keys {
  const all = new Map<string, Keys[string]>();
  for (const [name, key] of parts.flatMap(({ keys }) => Object.entries(keys))) {
    if (all.has(name)) throw new Error(`The config key ${name} belongs to two parts.`);
    all.set(name, key);
  }
  return Object.fromEntries(all);
}
