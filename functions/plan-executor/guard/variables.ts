import { Unreadable, blocksIn } from "./block.ts";
import type { Attribute, Block } from "./block.ts";
import { readHcl } from "./hcl.ts";
import { readTfJson } from "./tf-json.ts";

/** A variable file; those in JSON have names that say so. */
interface VariableFile {
  readonly name: string;
  /** Undefined where it could not be read. */
  readonly text: string | undefined;
}

/** Where values come from besides the configuration. */
interface Given {
  /** In any order. */
  readonly variableFiles: readonly VariableFile[];
  /** OpenTofu's. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Names of variables of the environment whose values nobody should see, `AWS_SECRET_ACCESS_KEY`, `TF_VAR_db_password`. */
const SECRET_NAME =
  /token|secret|passw|passphrase|_(?:pass|pwd|pat)$|credential|encryption|(?:api|access|private|auth)_?key|_key$/i;
const VARIABLE = "TF_VAR_";
/** Configuration in a variable (opentofu.org/docs/language/state/encryption). */
const ENCRYPTION = "TF_ENCRYPTION";

/**
 * Texts and numbers that must not be shown: OpenTofu quotes the configuration in its messages, where nothing says so. They
 * are what variables that the configuration calls sensitive (or ephemeral) get, by default, from a file, the environment or
 * the caller of their module; values of sensitive outputs; what the function `sensitive` is given; what any of these refer
 * to; and what stands in the environment under a name that speaks of a secret.
 */
export function sensitiveValues(
  configuration: readonly Block[],
  { variableFiles, environment }: Given,
): (string | number)[] {
  const blocks = configuration.flatMap(blocksIn);
  const of = (type: string): readonly Block[] => blocks.filter((block) => block.type === type);
  const fromFiles = variableFiles.flatMap(attributesOf);
  /** Of variables, and of locals: what refers to one says no module. */
  const names = new Set(
    of("variable")
      .filter(isSensitive)
      .map(({ labels: [name = ""] }) => name),
  );
  const attributesNow = (): readonly Attribute[] => [
    ...named(
      "default",
      of("variable").filter(({ labels: [name = ""] }) => names.has(name)),
    ),
    ...named("value", of("output").filter(isSensitive)),
    ...[...of("module"), ...of("locals")]
      .flatMap((block) => block.attributes)
      .concat(fromFiles)
      .filter(({ name }) => names.has(name)),
    ...blocks.flatMap((block) => block.attributes).filter(isMarked),
  ];
  let attributes = attributesNow();
  for (let known = -1; known < names.size; attributes = attributesNow()) {
    known = names.size;
    attributes.flatMap(referencesIn).forEach((name) => names.add(name));
  }
  return [
    ...attributes.flatMap(({ values }) => values),
    ...Object.entries(environment).flatMap(([name, value]) => {
      const variable = name.startsWith(VARIABLE) ? name.slice(VARIABLE.length) : undefined;
      const isSensitiveVariable = variable !== undefined && names.has(variable);
      if (!isSensitiveVariable && !SECRET_NAME.test(name)) return [];
      if (variable !== undefined) return [value, ...valuesIn(`value = ${value}\n`)];
      return name === ENCRYPTION ? [value, ...valuesIn(value)] : [value];
    }),
  ];
}

/** What the configuration names: blocks, their types, their arguments. */
export function namesIn(configuration: readonly Block[]): string[] {
  return configuration.flatMap(blocksIn).flatMap(({ type, labels, attributes }) => {
    return [type, ...labels, ...attributes.map(({ name }) => name)];
  });
}

function isSensitive({ attributes }: Block): boolean {
  return attributes.some(
    ({ name, words }) =>
      (name === "sensitive" || name === "ephemeral") && words[0]?.text !== "false",
  );
}

function named(wanted: string, blocks: readonly Block[]): Attribute[] {
  return blocks.flatMap(({ attributes }) => attributes.filter(({ name }) => name === wanted));
}

/** Names of the variables and locals that an expression refers to, in templates too. */
function referencesIn({ words }: Attribute): string[] {
  return words.flatMap(({ text }, at) => {
    if (text === "var" || text === "local") return words[at + 1]?.text ?? [];
    return [...text.matchAll(/\b(?:var|local)\.([\w-]+)/g)].map(([, name = ""]) => name);
  });
}

/** Some part of it is an argument of `sensitive(…)`; which one is not told. */
function isMarked({ words }: Attribute): boolean {
  return words.some(({ text }) => text === "sensitive");
}

/** All texts and numbers of a configuration; none where it cannot be read, as that of a plain text. */
function valuesIn(text: string): (string | number)[] {
  const file = readAny("", text);
  if (file === undefined) return [];
  return [file, ...blocksIn(file)].flatMap((block) =>
    block.attributes.flatMap(({ values }) => values),
  );
}

function attributesOf({ name, text }: VariableFile): readonly Attribute[] {
  return (text === undefined ? undefined : readAny(name, text))?.attributes ?? [];
}

function readAny(name: string, text: string): Block | undefined {
  const isJson = name.endsWith(".json") || /^\s*\{/.test(text);
  try {
    return isJson ? readTfJson(text) : readHcl(text);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}
