import picomatch from "picomatch";
import * as v from "valibot";
import { LineCounter, isMap, isNode, isScalar, parseDocument, visit } from "yaml";
import type { Document } from "yaml";
import { withBelow } from "../globs.ts";
import { ConfigProblem, KNOWN_KEYS, RepositoryConfig } from "../config.ts";

/** Reads the repository's config file; an empty one has all defaults. Throws a ConfigProblem that names the line. */
export function parseConfig(text: string): RepositoryConfig {
  const lineCounter = new LineCounter();
  const problemAt = (message: string, offset: number | undefined): ConfigProblem => {
    if (offset === undefined) return new ConfigProblem(message);
    const { line } = lineCounter.linePos(offset);
    return new ConfigProblem(message, { number: line, text: text.split(/\r?\n/)[line - 1] ?? "" });
  };
  requireSimple(text);
  const document = documentOf(text, lineCounter);
  const [error] = document.errors;
  if (error !== undefined) throw problemAt(`It is not YAML: ${error.message}.`, error.pos[0]);
  // A few aliases of aliases make a small file a huge value.
  visit(document, {
    Alias: (_key, { range }) => {
      throw problemAt("Aliases (`*name`) are not allowed.", range?.[0]);
    },
  });
  const content: unknown = document.toJS() ?? {};
  if (Array.isArray(content)) throw problemAt("The file must be a mapping of keys.", 0);
  const parsed = v.safeParse(RepositoryConfig, content);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = pathOf(issue);
  const key = isUnknownKey(issue) ? offsetOfKey(path, document) : undefined;
  throw problemAt(sentenceOf(issue), key ?? offsetOf(path, document));
}

/** Compiles a glob from the repository's root: whether it means a path. A star means hidden files too. */
export function globOf(glob: string): (path: string) => boolean {
  const isMatch = picomatch(withBelow(glob), { dot: true });
  return (path) => isMatch(path);
}

/** No setting is nested deeper than five levels. */
const MAX_FLOW_DEPTH = 50;
const EXPLICIT_KEY = /^\s*(?:(?:[-:]|[&!]\S*)\s+)*\?(?:\s|$)|[[{,]\s*\?(?:\s|$)/m;

/** The parser takes minutes for keys within keys (`? ? ?`), and seconds for thousands of open brackets (yaml 2.9). */
function requireSimple(text: string): void {
  if (EXPLICIT_KEY.test(text)) throw new ConfigProblem("Keys that begin with `?` are not allowed.");
  let depth = 0;
  for (const character of text) {
    if (character === "[" || character === "{") depth += 1;
    if (character === "]" || character === "}") depth -= 1;
    if (depth > MAX_FLOW_DEPTH) throw new ConfigProblem("It is nested deeper than it can be read.");
  }
}

function documentOf(text: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  } catch {
    throw new ConfigProblem("It is nested deeper than it can be read.");
  }
}

type Issue = v.BaseIssue<unknown>;

function pathOf({
  path = [],
}: {
  readonly path?: readonly { readonly key?: unknown }[] | undefined;
}) {
  return path.map(({ key }) => key);
}

/** In the words of people who write YAML. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["string", "a text"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["Array", "a list"],
  ["Object", "a mapping of keys"],
]);

function sentenceOf(issue: Issue): string {
  const path = pathOf(issue);
  const name = path.length === 0 ? "The file" : `\`${path.join(".").slice(0, 200)}\``;
  if (isUnknownKey(issue)) {
    const place = path
      .slice(0, -1)
      .filter((key) => typeof key === "string")
      .join(".");
    return `${name} is not known; known here are ${KNOWN_KEYS.get(place)?.join(", ") ?? "other keys"}.`;
  }
  if (issue.received === "undefined") return `${name} is required.`;
  const kind = issue.message.startsWith("Invalid") ? KINDS.get(issue.expected ?? "") : undefined;
  return `${name} ${kind === undefined ? issue.message : `must be ${kind}`}.`;
}

function isUnknownKey({ kind, expected }: Issue): boolean {
  return kind === "schema" && expected === "never";
}

function offsetOfKey(path: readonly unknown[], document: Document): number | undefined {
  const holder = document.getIn(path.slice(0, -1), true);
  if (!isMap(holder)) return undefined;
  const keys = holder.items.map(({ key }) => key).filter((key) => isScalar(key));
  return keys.find(({ value }) => String(value) === path.at(-1))?.range?.[0];
}

/** Where the value stands; of one that is missing, where the mapping that lacks it stands. */
function offsetOf(path: readonly unknown[], document: Document): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
