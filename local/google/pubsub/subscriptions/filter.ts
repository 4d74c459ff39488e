/**
 * The filter language of subscriptions. Source: cloud.google.com/pubsub/docs/subscription-message-filter.
 *
 *     expression = term, { "AND", term } | term, { "OR", term }
 *     term       = [ "NOT" ], ( "(", expression, ")" | comparison )
 *     comparison = "attributes:" key | "attributes." key ( "=" | "!=" ) string | "hasPrefix(attributes." key "," string ")"
 *
 * Operators are written in capitals, and AND and OR are mixed with parentheses only. A key is a word of letters, digits,
 * hyphens and underscores, or a string.
 */
import type { ApiError } from "../../../errors.ts";
import { invalid } from "../fields.ts";
import { MAX_FILTER_BYTES } from "../limits.ts";

export type Attributes = Readonly<Record<string, string>>;
export type Matches = (attributes: Attributes) => boolean;

/** What a filter lets through. Throws INVALID_ARGUMENT for one that is malformed. */
export function parseFilter(text: string): Matches {
  if (Buffer.byteLength(text) > MAX_FILTER_BYTES) {
    throw invalid(`Invalid filter: it is longer than ${MAX_FILTER_BYTES} bytes.`);
  }
  return new Parser(text).parse();
}

interface Token {
  readonly kind: "word" | "string" | "sign" | "end";
  /** Of a string, what it stands for. */
  readonly value: string;
  /** Characters before it. */
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<word>\w[\w-]*)|(?<string>"(?:[^"\\]|\\.)*")|(?<sign>!=|[=:.,()])|(?<end>$))/suy;

class Parser {
  readonly #tokens: Token[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  parse(): Matches {
    const matches = this.#expression();
    if (this.#peek().kind !== "end") throw unexpected(this.#peek());
    return matches;
  }

  #expression(): Matches {
    const terms = [this.#term()];
    const operator = this.#peek();
    if (operator.value !== "AND" && operator.value !== "OR") return this.#only(terms);
    while (this.#skip(operator.value)) terms.push(this.#term());
    const { value } = this.#peek();
    if (value === "AND" || value === "OR") {
      throw malformed(this.#peek(), "AND and OR are combined with parentheses only");
    }
    return operator.value === "AND"
      ? (attributes) => terms.every((matches) => matches(attributes))
      : (attributes) => terms.some((matches) => matches(attributes));
  }

  #only([term]: readonly Matches[]): Matches {
    return term ?? (() => true);
  }

  #term(): Matches {
    const isNegated = this.#skip("NOT");
    const matches = this.#skip("(") ? this.#group() : this.#comparison();
    return isNegated ? (attributes) => !matches(attributes) : matches;
  }

  #group(): Matches {
    const matches = this.#expression();
    this.#expect(")");
    return matches;
  }

  #comparison(): Matches {
    if (this.#skip("hasPrefix")) {
      this.#expect("(");
      this.#expect("attributes");
      this.#expect(".");
      const key = this.#key();
      this.#expect(",");
      const prefix = this.#string();
      this.#expect(")");
      return (attributes) => valueOf(attributes, key)?.startsWith(prefix) ?? false;
    }
    this.#expect("attributes");
    if (this.#skip(":")) {
      const key = this.#key();
      return (attributes) => Object.hasOwn(attributes, key);
    }
    this.#expect(".");
    const key = this.#key();
    const isEqual = this.#skip("=");
    if (!isEqual) this.#expect("!=");
    const value = this.#string();
    // A message without the attribute differs from every value.
    return (attributes) => (valueOf(attributes, key) === value) === isEqual;
  }

  #key(): string {
    const token = this.#take();
    if (token.kind !== "word" && token.kind !== "string") throw unexpected(token);
    return token.value;
  }

  #string(): string {
    const token = this.#take();
    if (token.kind !== "string") throw unexpected(token);
    return token.value;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", value: "", at: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  /** Takes the word or sign if it comes next. */
  #skip(value: string): boolean {
    const token = this.#peek();
    const isHere = token.value === value && (token.kind === "word" || token.kind === "sign");
    if (isHere) this.#next += 1;
    return isHere;
  }

  #expect(value: string): void {
    if (!this.#skip(value)) throw unexpected(this.#peek());
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  for (;;) {
    const from = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) {
      const at = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
      throw unexpected({ kind: "sign", value: text.slice(at, at + 1), at });
    }
    const { word, string, sign } = groups;
    const at = pattern.lastIndex - (word ?? string ?? sign ?? "").length;
    if (word !== undefined) tokens.push({ kind: "word", value: word, at });
    else if (string !== undefined) tokens.push({ kind: "string", value: unquoted(string, at), at });
    else if (sign !== undefined) tokens.push({ kind: "sign", value: sign, at });
    else return [...tokens, { kind: "end", value: "", at: text.length }];
  }
}

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|[xX]([0-9A-Fa-f]{2})|([0-7]{3})|(.))/gsu;
const PLAIN: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** "Unicode, hexadecimal, and octal escape sequences", quotation marks and backslashes. */
function unquoted(literal: string, at: number): string {
  return literal
    .slice(1, -1)
    .replaceAll(
      ESCAPE,
      (
        escape,
        short: string | undefined,
        long: string | undefined,
        hex: string | undefined,
        octal: string | undefined,
        letter: string | undefined,
      ) => {
        if (letter !== undefined) {
          const plain = PLAIN[letter] ?? (/["'\\?]/.test(letter) ? letter : undefined);
          if (plain !== undefined) return plain;
        }
        const digits = short ?? long ?? hex;
        const code = digits === undefined ? parseInt(octal ?? "", 8) : parseInt(digits, 16);
        if (!(code <= 0x10ffff)) throw malformed({ at }, `${escape} is no escape sequence`);
        return String.fromCodePoint(code);
      },
    );
}

function valueOf(attributes: Attributes, key: string): string | undefined {
  return Object.hasOwn(attributes, key) ? attributes[key] : undefined;
}

function unexpected(token: Token): ApiError {
  const what = token.kind === "end" ? "it ends too early" : `unexpected ${token.value}`;
  return malformed(token, what);
}

function malformed({ at }: Pick<Token, "at">, why: string): ApiError {
  return invalid(`Invalid filter: ${why}, at character ${at + 1}.`);
}
