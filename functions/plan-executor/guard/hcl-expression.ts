import type { Attribute, Seen, Word } from "./block.ts";
import type { Token } from "./hcl-tokens.ts";
import { originOfAll, originOfReference, originOfText } from "./origin.ts";
import type { Origin } from "./origin.ts";

/** What can be seen of an expression without computing it. */
export function valueOf(expression: readonly Token[]): Omit<Attribute, "name" | "line"> {
  return {
    ...seen(expression),
    origin: originOf(expression),
    isWrittenOut: isWrittenOut(expression),
    words: expression.flatMap((token, at) => wordsOf(token, expression.slice(at + 1, at + 4))),
    values: expression.flatMap((token, at) => valuesOf(token, expression[at + 1])),
  };
}

function seen([token, ...others]: readonly Token[]): Seen {
  const isObject = token?.kind === "open" && token.source === "{";
  if (token?.kind !== "text" || others.length > 0) {
    return { literal: undefined, start: undefined, isObject };
  }
  const { source, isLiteral } = token;
  const start = /^(?:[^$%\\]|[$%](?![$%{]))*/.exec(source)?.[0];
  return { literal: isLiteral ? source : undefined, start, isObject };
}

/** Lists and objects are made of their items; what is called, indexed by more than a text or decided on is computed. */
function originOf(expression: readonly Token[]): Origin {
  const origins: Origin[] = [];
  let reference: string[] = [];
  const end = (): void => {
    if (reference.length > 0) origins.push(originOfReference(reference));
    reference = [];
  };
  for (const [at, token] of expression.entries()) {
    const { kind, source } = token;
    const isKey = isSign(expression[at + 1]);
    if (kind === "name" && (reference.length === 0 || expression[at - 1]?.source === ".")) {
      if (!isKey) reference.push(source);
      continue;
    }
    if (source === "." && kind === "mark" && reference.length > 0) continue;
    end();
    if (kind === "text") origins.push(isKey && token.isLiteral ? "literal" : originOfText(source));
    else if (!isPunctuation(token)) origins.push("computed");
  }
  end();
  return originOfAll(origins);
}

function isPunctuation({ kind, source }: Token): boolean {
  if (kind === "newline") return true;
  if (kind === "mark") return /^(?:[,=:-]|\d.*)$/.test(source);
  return /^[[\]{}]$/.test(source);
}

function wordsOf(token: Token, [sign, value, after]: readonly Token[]): Word[] {
  if (token.kind !== "name" && token.kind !== "text") return [];
  if (!isSign(sign) || value === undefined) return [{ text: token.source, value: undefined }];
  const isWhole = after === undefined || /^(?:newline|close)$/.test(after.kind) || isComma(after);
  const isOpen = value.kind === "open";
  const unseen = { literal: undefined, start: undefined, isObject: false };
  return [{ text: token.source, value: isWhole || isOpen ? seen([value]) : unseen }];
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

/** A key is a name or a plain text before its sign; `for` is followed by neither. */
function isWrittenOut(expression: readonly Token[]): boolean {
  const open: string[] = [];
  let isKeyNext = false;
  for (const [at, token] of expression.entries()) {
    const { kind, source, isLiteral } = token;
    if (kind === "open") {
      if (isKeyNext || (open.length === 0 && (at > 0 || source !== "{"))) return false;
      open.push(source);
      isKeyNext = source === "{";
    } else if (kind === "close") {
      open.pop();
      isKeyNext = false;
    } else if (kind === "newline" || isComma(token)) {
      isKeyNext = open.at(-1) === "{";
    } else if (isKeyNext) {
      const isPlain = kind === "name" || (kind === "text" && isLiteral);
      if (!isPlain || !isSign(expression[at + 1])) return false;
      isKeyNext = false;
    }
    if (open.length === 0 && at < expression.length - 1) return false;
  }
  return expression[0]?.kind === "open" && expression[0].source === "{";
}

function isSign(token: Token | undefined): boolean {
  return token?.kind === "mark" && /^[=:]$/.test(token.source);
}

function isComma({ kind, source }: Token): boolean {
  return kind === "mark" && source === ",";
}
