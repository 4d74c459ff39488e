import { MAX_DEPTH, Unreadable } from "./block.ts";
import type { Attribute, Block } from "./block.ts";
import { valueOf } from "./hcl-expression.ts";
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
  return { name, line, ...valueOf(expression) };
}

function unexpected({ kind, source, line }: Token): Unreadable {
  const what = kind === "end" ? "the end of the file" : JSON.stringify(source.slice(0, 40));
  return new Unreadable(line, `${what} does not belong there`);
}
