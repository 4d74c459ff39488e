import type * as v from "valibot";

/** A JSON Schema as Gemini takes it in `responseJsonSchema`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a schema of valibot's lets be seen of itself. */
interface Seen {
  readonly type: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly options?: readonly unknown[];
  readonly wrapped?: v.GenericSchema;
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
}

/** Rules of a pipe that a model should know, and their names in JSON Schema. */
const RULES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  string: { max_length: "maxLength" },
  number: { min_value: "minimum", max_value: "maximum" },
  array: { min_length: "minItems", max_length: "maxItems" },
};

/** What an answer may name, of all that its schema allows: known only when a question is asked. */
export interface Known {
  /** By a member's name: the words that it may hold. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
  /** By a list's name: how many items it has. */
  readonly counts?: Readonly<Record<string, number>>;
  /** By a list's name: what each of its items is about, in this order. */
  readonly items?: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}

/**
 * The form of an answer, for the model. Ours stays the judge: what JSON Schema cannot say is left out here and checked
 * afterwards. @throws Error for a kind of schema that no answer has
 */
export function jsonSchemaOf(schema: v.GenericSchema, known: Known = {}, name = ""): JsonSchema {
  const seen: Seen = schema;
  const rules = rulesOf(seen);
  switch (seen.type) {
    case "string": {
      const words = known.words?.[name] ?? [];
      return { type: "string", ...(words.length > 0 ? { enum: words } : rules) };
    }
    case "number":
    case "boolean":
      return { type: seen.type, ...rules };
    case "picklist":
      return { type: "string", enum: seen.options };
    case "array":
      return { type: "array", ...rules, ...itemsOf(present(seen.item), known, name) };
    case "optional":
      return jsonSchemaOf(present(seen.wrapped), known, name);
    case "object":
      return objectSchema(present(seen.entries), known);
    default:
      throw new Error(`No answer has a member of the kind ${seen.type}.`);
  }
}

function itemsOf(item: v.GenericSchema, known: Known, name: string): JsonSchema {
  const about = known.items?.[name];
  if (about !== undefined) {
    const fixed = about.map((each) => {
      const words = Object.fromEntries(Object.entries(each).map(([key, word]) => [key, [word]]));
      return jsonSchemaOf(item, { ...known, words: { ...known.words, ...words } });
    });
    return { prefixItems: fixed, minItems: fixed.length, maxItems: fixed.length };
  }
  const count = known.counts?.[name];
  return {
    items: jsonSchemaOf(item, known, name),
    ...(count !== undefined && { minItems: count, maxItems: count }),
  };
}

function objectSchema(
  entries: Readonly<Record<string, v.GenericSchema>>,
  known: Known,
): JsonSchema {
  const names = Object.keys(entries);
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [name, jsonSchemaOf(entry, known, name)]),
    ),
    required: names.filter((name) => entries[name]?.type !== "optional"),
    additionalProperties: false,
  };
}

function rulesOf({ type, pipe = [] }: Seen): JsonSchema {
  const names = RULES[type] ?? {};
  return Object.fromEntries(
    pipe.flatMap(({ type: rule, requirement }) => {
      const name = names[rule];
      return name === undefined ? [] : [[name, requirement]];
    }),
  );
}

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("The schema lacks a part.");
  return part;
}
