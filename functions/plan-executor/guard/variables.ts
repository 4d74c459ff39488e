import { Unreadable } from "./block.ts";
import type { Block } from "./block.ts";
import { readHcl } from "./hcl.ts";
import { blocksIn } from "./rules.ts";
import { readTfJson } from "./tf-json.ts";

/** Variable files that OpenTofu reads by itself (opentofu.org/docs/language/values/variables). */
export function isVariableFile(name: string): boolean {
  return /^terraform\.tfvars(?:\.json)?$|\.auto\.tfvars(?:\.json)?$/.test(name);
}

/** A variable file; those in JSON have names that say so. */
interface VariableFile {
  readonly name: string;
  /** Undefined where it could not be read. */
  readonly text: string | undefined;
}

/**
 * Texts and numbers that the configuration gives to variables it calls sensitive, by default or in a variable file:
 * OpenTofu quotes the configuration in its messages, and then nothing else says what must not be shown.
 */
export function sensitiveValues(
  configuration: readonly Block[],
  variableFiles: readonly VariableFile[],
): (string | number)[] {
  const variables = configuration
    .flatMap(blocksIn)
    .filter((block) => block.type === "variable" && isSensitive(block));
  const names = new Set(variables.map(({ labels }) => labels[0]));
  const defaults = variables.flatMap(({ attributes }) =>
    attributes.filter(({ name }) => name === "default"),
  );
  const given = variableFiles.flatMap(attributesOf).filter(({ name }) => names.has(name));
  return [...defaults, ...given].flatMap(({ values }) => values);
}

function isSensitive({ attributes }: Block): boolean {
  const sensitive = attributes.find(({ name }) => name === "sensitive");
  return sensitive !== undefined && sensitive.words[0]?.text !== "false";
}

function attributesOf({ name, text }: VariableFile): Block["attributes"] {
  if (text === undefined) return [];
  try {
    return (name.endsWith(".json") ? readTfJson(text) : readHcl(text)).attributes;
  } catch (error) {
    if (error instanceof Unreadable) return [];
    throw error;
  }
}
