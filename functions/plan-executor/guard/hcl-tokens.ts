import { MAX_DEPTH, Unreadable } from "./block.ts";

/** A token of HCL's structure. Strings and heredocs are one token each, whatever their templates hold. */
export interface Token {
  readonly kind: "name" | "text" | "newline" | "open" | "close" | "mark" | "end";
  /** As it was written; of a text what is between its quotes, or a heredoc's markers. */
  readonly source: string;
  /** Of a text: it has neither templates nor escapes, so `source` is its value. */
  readonly isLiteral: boolean;
  /** From 1. */
  readonly line: number;
}

const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const SPACES = /[ \t]+/y;
const NUMBER = /\d[\d.eE]*/y;
const COMMENT = /(?:#|\/\/)[^\n]*|\/\*[\s\S]*?\*\//y;
const MARKS = /==|!=|>=|<=|&&|\|\||::|\.\.\.|=>|[.,*/%+\-=<>!?:]/y;
const HEREDOC = /<<-?([A-Za-z_][A-Za-z0-9_-]*)\r?\n/y;
/** Of a quoted text, up to what may end it or begin a template. */
const PLAIN = /(?:[^"\\$%\r\n]|\\[^\r\n])+/y;
/** Of a heredoc's line, up to what may begin a template. */
const PLAIN_LINE = /[^$%\r\n]+/y;
/** A dollar or percent sign that begins no template: doubled before a brace, or before anything but a brace. */
const NO_TEMPLATE = /\$\$\{|%%\{|[$%](?!\{)/y;
const TEMPLATE = /[$%]\{~?/y;
const NEWLINE = /\r?\n/y;
const OPENING = "([{";
const CLOSING = ")]}";

/**
 * The tokens of a file as HCL's own scanner reads it (github.com/hashicorp/hcl, hclsyntax/scan_tokens.rl); throws
 * Unreadable for what that scanner refuses, and for a few things that it allows and nobody writes.
 */
export function tokensOf(source: string): Token[] {
  return new Scanner(source).all();
}

class Scanner {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  #depth = 0;

  constructor(source: string) {
    this.#source = source.replace(/^\ufeff/, "");
    this.#refuseOddCharacters();
  }

  all(): Token[] {
    this.#code(true);
    this.#add("end", "");
    return this.#tokens;
  }

  /** Control characters hide what a person sees; a carriage return alone ends a line for some readers and not for others. */
  #refuseOddCharacters(): void {
    // eslint-disable-next-line no-control-regex -- these are the characters to keep out
    const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufeff\ufffd]|\r(?!\n)/.exec(
      this.#source,
    );
    if (found === null) return;
    const line = this.#source.slice(0, found.index).split("\n").length;
    throw new Unreadable(line, "it holds a control character, or is not UTF-8");
  }

  /** Code up to the end of the file, or up to the brace that ends a template. Only the file's own tokens are kept. */
  #code(isFile: boolean): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#unreadable("it is nested too deep");
    const begun = this.#line;
    const open: { readonly char: string; readonly line: number }[] = [];
    for (;;) {
      const char = this.#source[this.#at];
      if (char === undefined) {
        const { char: unclosed, line } = open.at(-1) ?? { char: "${", line: begun };
        if (isFile && open.length === 0) break;
        throw new Unreadable(line, `${JSON.stringify(unclosed)} is not closed`);
      }
      if (char === "}" && open.length === 0 && !isFile) {
        this.#at += 1;
        break;
      }
      if (char === "~") {
        // Strips the white space after a template; means nothing elsewhere.
        if (isFile || open.length > 0 || this.#source[this.#at + 1] !== "}") throw this.#odd(char);
        this.#at += 1;
      } else if (OPENING.includes(char)) {
        open.push({ char, line: this.#line });
        if (open.length > MAX_DEPTH) throw this.#unreadable("it is nested too deep");
        this.#mark("open", char, isFile);
      } else if (CLOSING.includes(char)) {
        if (open.pop()?.char !== OPENING[CLOSING.indexOf(char)]) throw this.#odd(char);
        this.#mark("close", char, isFile);
      } else {
        this.#word(char, isFile);
      }
    }
    this.#depth -= 1;
  }

  #mark(kind: "open" | "close", char: string, isKept: boolean): void {
    if (isKept) this.#add(kind, char);
    this.#at += 1;
  }

  #word(char: string, isKept: boolean): void {
    const { length } = this.#tokens;
    if (char === '"') this.#quoted();
    else if (this.#take(SPACES) !== undefined || this.#take(COMMENT) !== undefined) return;
    else if (this.#take(NEWLINE) !== undefined) this.#add("newline", "\n", this.#line - 1);
    else if (this.#lookingAt(HEREDOC)) this.#heredoc();
    else if (this.#source.startsWith("<<", this.#at) || this.#source.startsWith("/*", this.#at)) {
      throw this.#unreadable("a heredoc or a comment is not closed");
    } else {
      const name = this.#take(NAME);
      const mark = name ?? this.#take(NUMBER) ?? this.#take(MARKS);
      if (mark === undefined) throw this.#odd(char);
      this.#add(name === undefined ? "mark" : "name", mark);
    }
    if (!isKept) this.#tokens.length = length;
  }

  #quoted(): void {
    const line = this.#line;
    this.#at += 1;
    const start = this.#at;
    let hasTemplate = false;
    while (this.#source[this.#at] !== '"') {
      if (this.#take(PLAIN) !== undefined) continue;
      if (this.#template()) hasTemplate = true;
      else throw this.#unreadable("a quoted text is not closed on its line");
    }
    const text = this.#source.slice(start, this.#at);
    this.#at += 1;
    this.#add("text", text, line, !hasTemplate && !/[\\$%]/.test(text));
  }

  #heredoc(): void {
    const line = this.#line;
    HEREDOC.lastIndex = this.#at;
    const marker = HEREDOC.exec(this.#source)?.[1] ?? "";
    this.#take(HEREDOC);
    const start = this.#at;
    let end: number;
    for (;;) {
      end = this.#at;
      // A line ends the heredoc only where it holds nothing but the marker.
      const content = this.#take(PLAIN_LINE) ?? "";
      const isWhole = this.#lookingAt(NEWLINE);
      if (isWhole && content.replace(/^[ \t]+|[ \t]+$/g, "") === marker) break;
      // Readers differ on what else is white space.
      if (isWhole && content.replace(/[\s\u0085\u180e\u200b]/g, "") === marker) {
        throw this.#unreadable("the end of a heredoc is not clear");
      }
      while (this.#take(NEWLINE) === undefined) {
        if (this.#take(PLAIN_LINE) === undefined && !this.#template()) {
          throw this.#unreadable("a heredoc is not closed");
        }
      }
    }
    this.#add("text", this.#source.slice(start, end), line);
  }

  /** Steps over a template, or a sign that begins none; false where there is neither. */
  #template(): boolean {
    if (this.#take(NO_TEMPLATE) !== undefined) return true;
    if (this.#take(TEMPLATE) === undefined) return false;
    this.#code(false);
    return true;
  }

  #lookingAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#source);
  }

  /** Steps over what the pattern finds here. */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    for (let at = found.indexOf("\n"); at !== -1; at = found.indexOf("\n", at + 1)) this.#line += 1;
    return found;
  }

  #add(kind: Token["kind"], source: string, line = this.#line, isLiteral = false): void {
    this.#tokens.push({ kind, source, isLiteral, line });
  }

  #odd(char: string): Unreadable {
    return this.#unreadable(`${JSON.stringify(char)} does not belong there`);
  }

  #unreadable(message: string): Unreadable {
    return new Unreadable(this.#line, message);
  }
}
