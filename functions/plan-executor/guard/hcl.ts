import { MAX_DEPTH, Unreadable } from "./block.ts";
import type { Attribute, Block, Word } from "./block.ts";
import { tokensOf } from "./hcl-tokens.ts";
import type { Token } from "./hcl-tokens.ts";

/**
 * Reads the blocks of a file in HCL's native syntax (github.com/hashicorp/hcl, hclsyntax/spec.md, Structural Elements).
 * Expressions are not judged: OpenTofu explains their mistakes better. Throws Unreadable.
 */
export function readHcl(source: string): Block {
  const tokens = new Tokens(tokensOf(source));
  return { type: "file", labels: [], line: 1, ...bodyOf(tokens, "end", 0) };
}

type Body = Pick<Block, "attributes" | "blocks">;

class Tokens {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get peek(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Error("Read beyond the end of a file.");
    return token;
  }

  read(): Token {
    const token = this.peek;
    if (token.kind !== "end") this.#next += 1;
    return token;
  }
}

function bodyOf(tokens: Tokens, end: "end" | "close", depth: number): Body {
  if (depth > MAX_DEPTH) throw new Unreadable(tokens.peek.line, "it is nested too deep");
  const attributes: Attribute[] = [];
  const blocks: Block[] = [];
  for (;;) {
    const token = tokens.read();
    if (token.kind === end) return { attributes, blocks };
    if (token.kind === "newline") continue;
    if (token.kind !== "name") throw unexpected(token);
    if (tokens.peek.source === "=" && tokens.peek.kind === "mark") {
      tokens.read();
      attributes.push(attributeOf(token, tokens));
    } else {
      blocks.push(blockOf(token, tokens, depth));
    }
  }
}

function blockOf({ source: type, line }: Token, tokens: Tokens, depth: number): Block {
  const labels: string[] = [];
  for (;;) {
    const token = tokens.read();
    if (token.kind === "open" && token.source === "{") break;
    // An escape could spell a label that is looked for.
    const isLabel = token.kind === "name" || (token.kind === "text" && token.isLiteral);
    if (!isLabel) throw unexpected(token);
    labels.push(token.source);
  }
  const body = bodyOf(tokens, "close", depth + 1);
  const after = tokens.peek;
  if (after.kind !== "newline" && after.kind !== "end" && after.kind !== "close") {
    throw unexpected(after);
  }
  return { type, labels, line, ...body };
}

/** An expression ends with its line, but for what is within brackets. */
function attributeOf({ source: name, line }: Token, tokens: Tokens): Attribute {
  const expression: Token[] = [];
  let depth = 0;
  for (;;) {
    const { kind } = tokens.peek;
    if (kind === "end" || (depth === 0 && (kind === "newline" || kind === "close"))) break;
    if (kind === "open") depth += 1;
    if (kind === "close") depth -= 1;
    expression.push(tokens.read());
  }
  const [first] = expression;
  const isOne = expression.length === 1;
  return {
    name,
    line,
    literal: isOne && first !== undefined ? literalOf(first) : undefined,
    isWrittenOut: isWrittenOut(expression),
    words: expression.flatMap((token, at) => wordsOf(token, expression.slice(at + 1, at + 3))),
    values: expression.flatMap((token, at) => valuesOf(token, expression[at + 1])),
  };
}

function wordsOf(token: Token, [sign, value]: readonly Token[]): Word[] {
  if (token.kind !== "name" && token.kind !== "text") return [];
  const literal = isSign(sign) && value !== undefined ? literalOf(value) : undefined;
  return [{ text: token.source, literal }];
}

function valuesOf(
  { kind, source, isLiteral }: Token,
  next: Token | undefined,
): (string | number)[] {
  if (isSign(next)) return [];
  if (kind === "mark" && /^\d/.test(source)) return [Number(source)];
  if (kind !== "text") return [];
  return isLiteral ? [source] : [source, spoken(source)];
}

/** The value of a text without templates; a heredoc has no escapes but the doubled signs. */
function spoken(source: string): string {
  const text = source.replace(/([$%])\1(?=\{)/g, "$1");
  try {
    // HCL's escapes are JSON's, but for one of rare characters.
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

function isSign(token: Token | undefined): boolean {
  return token?.kind === "mark" && /^[=:]$/.test(token.source);
}

/** A key is a name or a plain text before its sign; `for` is followed by neither. */
function isWrittenOut(expression: readonly Token[]): boolean {
  const open: string[] = [];
  let isKeyNext = false;
  for (const [at, { kind, source, isLiteral }] of expression.entries()) {
    if (kind === "open") {
      if (isKeyNext || (open.length === 0 && (at > 0 || source !== "{"))) return false;
      open.push(source);
      isKeyNext = source === "{";
    } else if (kind === "close") {
      open.pop();
      isKeyNext = false;
    } else if (kind === "newline" || source === ",") {
      isKeyNext = open.at(-1) === "{";
    } else if (isKeyNext) {
      const isPlain = kind === "name" || (kind === "text" && isLiteral);
      if (!isPlain || !isSign(expression[at + 1])) return false;
      isKeyNext = false;
    }
    if (open.length === 0 && at < expression.length - 1) return false;
  }
  return expression[0]?.source === "{";
}

function literalOf(token: Token): string | undefined {
  return token.kind === "text" && token.isLiteral ? token.source : undefined;
}

function unexpected({ kind, source, line }: Token): Unreadable {
  const what = kind === "end" ? "the end of the file" : JSON.stringify(source.slice(0, 40));
  return new Unreadable(line, `${what} does not belong there`);
}
