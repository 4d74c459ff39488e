import { MAX_DEPTH, Unreadable } from "./block.ts";
import type { Attribute, Block, Seen, Word } from "./block.ts";
import { originOfAll, originOfText } from "./origin.ts";
import type { Origin } from "./origin.ts";

/**
 * Reads the blocks of a file in the JSON syntax (opentofu.org/docs/language/syntax/json). A name that occurs twice in an
 * object counts twice, as HCL has it and JSON.parse has not. Throws Unreadable.
 */
export function readTfJson(source: string): Block {
  try {
    JSON.parse(source);
  } catch {
    throw new Unreadable(1, "it is not JSON");
  }
  const file = new Reader(source).value(0);
  return blockOf("file", [], file, 1);
}

interface Value {
  readonly line: number;
  readonly text?: string;
  /** Not there for texts, objects and lists; NaN for words. */
  readonly number?: number;
  readonly isList?: boolean;
  /** Of an object or a list; a list's have no name. */
  readonly members?: readonly { readonly name: string | undefined; readonly value: Value }[];
}

/** How many labels a block has. What is not listed has none, or is no block: it is read as both. */
const LABELS: ReadonlyMap<string, number> = new Map([
  ["backend", 1],
  ["check", 1],
  ["data", 2],
  ["dynamic", 1],
  ["ephemeral", 2],
  ["key_provider", 2],
  ["method", 2],
  ["module", 1],
  ["output", 1],
  ["provider", 1],
  ["provisioner", 1],
  ["resource", 2],
  ["variable", 1],
]);

const TEMPLATE = /[$%]\{/;

function blockOf(type: string, labels: readonly string[], value: Value, line: number): Block {
  const members = flat(value);
  return {
    type,
    labels,
    line,
    attributes: members.map(({ name, value: of }) => attributeOf(name, of)),
    blocks: members.flatMap(({ name, value: of }) => blocksOf(name, [], of)),
  };
}

function blocksOf(type: string, labels: readonly string[], value: Value): Block[] {
  if (value.members === undefined) return [];
  if (labels.length === (LABELS.get(type) ?? 0)) {
    const bodies = value.isList === true ? value.members.map((member) => member.value) : [value];
    return bodies.map((body) => blockOf(type, labels, body, body.line));
  }
  return flat(value).flatMap(({ name, value: of }) => blocksOf(type, [...labels, name], of));
}

/** An object may stand in a list, or a list of lists, wherever a block is meant. */
function flat({ members = [] }: Value): { readonly name: string; readonly value: Value }[] {
  return members.flatMap(({ name, value }) =>
    name === undefined ? flat(value) : [{ name, value }],
  );
}

function attributeOf(name: string, value: Value): Attribute {
  const what = seen(value);
  return {
    name,
    line: value.line,
    ...what,
    origin: originOf(value),
    isWrittenOut: what.isObject && hasPlainKeys(value),
    words: wordsOf(value),
    values: valuesOf(value),
  };
}

/** Texts are templates here too. */
function seen({ text, members, isList }: Value): Seen {
  const start = text === undefined ? undefined : /^(?:[^$%]|[$%](?![$%{]))*/.exec(text)?.[0];
  return {
    literal: text === undefined || TEMPLATE.test(text) ? undefined : text,
    start,
    isObject: members !== undefined && isList === false,
  };
}

function originOf({ text, members = [] }: Value): Origin {
  const names = members.flatMap(({ name }) => (name === undefined ? [] : originOfText(name)));
  const own = text === undefined ? [] : [originOfText(text)];
  return originOfAll([...own, ...names, ...members.map(({ value }) => originOf(value))]);
}

/** Keys are templates where an object is a value. */
function hasPlainKeys({ members = [] }: Value): boolean {
  return members.every(
    ({ name, value }) => (name === undefined || !TEMPLATE.test(name)) && hasPlainKeys(value),
  );
}

function wordsOf({ text, members = [] }: Value): Word[] {
  const own = text === undefined ? [] : [{ text, value: undefined }];
  const names = members.flatMap(({ name, value }) => [
    ...(name === undefined ? [] : [{ text: name, value: seen(value) }]),
    ...wordsOf(value),
  ]);
  return [...own, ...names];
}

function valuesOf({ text, number, members = [] }: Value): (string | number)[] {
  const own = text ?? number;
  const inner = members.flatMap(({ value }) => valuesOf(value));
  return own === undefined || Number.isNaN(own) ? inner : [own, ...inner];
}

/** Reads text that JSON.parse has found well-formed. */
class Reader {
  readonly #source: string;
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  value(depth: number): Value {
    this.#skip();
    const line = this.#line;
    if (depth > MAX_DEPTH) throw new Unreadable(line, "it is nested too deep");
    const char = this.#source[this.#at];
    if (char === '"') return { line, text: this.#text() };
    if (char !== "{" && char !== "[") {
      const word = /[^\s,\]}]*/.exec(this.#source.slice(this.#at, this.#at + 400))?.[0] ?? "";
      this.#at += word.length;
      return { line, number: Number(word) };
    }
    this.#at += 1;
    const members: { name: string | undefined; value: Value }[] = [];
    for (;;) {
      this.#skip();
      const next = this.#source[this.#at];
      if (next === undefined) throw new Unreadable(line, "it is not JSON");
      if (next === "}" || next === "]") {
        this.#at += 1;
        return { line, isList: char === "[", members };
      }
      const name = char === "{" ? this.#text() : undefined;
      members.push({ name, value: this.value(depth + 1) });
    }
  }

  #text(): string {
    const start = this.#at;
    for (this.#at += 1; this.#source[this.#at] !== '"'; this.#at += 1) {
      if (this.#source[this.#at] === "\\") this.#at += 1;
    }
    this.#at += 1;
    return JSON.parse(this.#source.slice(start, this.#at)) as string;
  }

  /** White space, and the punctuation that a well-formed text has where it must. */
  #skip(): void {
    for (; /^[\s,:]$/.test(this.#source[this.#at] ?? ""); this.#at += 1) {
      if (this.#source[this.#at] === "\n") this.#line += 1;
    }
  }
}
