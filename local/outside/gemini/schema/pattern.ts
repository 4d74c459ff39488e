/** Texts for regular expressions that are simple: literals, classes, groups, choices, repetitions. */
import type { Dice } from "../dice.ts";

/** Of a repetition without an end, so many more than it needs; none is longer than that together. */
const MORE = 3;
const MAX_REPEATS = 1000;
const MAX_DEPTH = 20;
/** Characters of a text, which repetitions of repetitions would make without end. */
const MAX_LENGTH = 10_000;

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const WORD = `${ALPHABET}${ALPHABET.toUpperCase()}${DIGITS}_`;
const PRINTABLE = `${WORD} -.,:;!?/()`;

class NotSimple extends Error {
  override readonly name = "NotSimple";
}

/**
 * A text that fits; undefined where the pattern is not simple. The pattern is read and never run, since a caller's might
 * take for ever.
 */
export function textFitting(pattern: string, dice: Dice): string | undefined {
  try {
    return new Reader(pattern, dice).whole();
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

class Reader {
  readonly #pattern: string;
  readonly #dice: Dice;
  #at = 0;
  #depth = 0;

  constructor(pattern: string, dice: Dice) {
    this.#pattern = pattern;
    this.#dice = dice;
  }

  whole(): string {
    this.#skip("^");
    const text = this.#choice();
    if (this.#at < this.#pattern.length) throw new NotSimple();
    return text;
  }

  #choice(): string {
    if (++this.#depth > MAX_DEPTH) throw new NotSimple();
    const options: [string, ...string[]] = [this.#sequence()];
    while (this.#skip("|")) options.push(this.#sequence());
    this.#depth--;
    return this.#dice.pick(options);
  }

  #sequence(): string {
    let text = "";
    while (this.#at < this.#pattern.length && !"|)".includes(this.#peek())) {
      if (this.#peek() === "$") {
        this.#at++;
        if (this.#at < this.#pattern.length) throw new NotSimple();
        break;
      }
      text += this.#repeated();
      if (text.length > MAX_LENGTH) throw new NotSimple();
    }
    return text;
  }

  /** An atom as often as it stands there; made anew each time, since `[a-z]{3}` is rarely `aaa`. */
  #repeated(): string {
    const start = this.#at;
    const first = this.#atom();
    const end = this.#at;
    const [least, most] = this.#quantifier();
    const after = this.#at;
    const times = least + this.#dice.int(Math.min(most, least + MORE) - least + 1);
    if (times === 0) return "";
    let text = first;
    for (let i = 1; i < times && text.length <= MAX_LENGTH; i++) {
      this.#at = start;
      text += this.#atom();
      if (this.#at !== end) throw new NotSimple();
    }
    this.#at = after;
    return text;
  }

  #quantifier(): [least: number, most: number] {
    const found = /^(?:([?*+])|\{(\d{1,9})(?:(,)(\d{0,9}))?\})\??/.exec(
      this.#pattern.slice(this.#at),
    );
    if (found === null) return [1, 1];
    this.#at += found[0].length;
    const [, sign, low, comma, high] = found;
    if (sign !== undefined) return [sign === "+" ? 1 : 0, sign === "?" ? 1 : Infinity];
    const least = Number(low);
    const most = comma === undefined ? least : high === "" ? Infinity : Number(high);
    if (least > MAX_REPEATS || most < least) throw new NotSimple();
    return [least, most];
  }

  #atom(): string {
    const character = this.#take();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return this.#oneOf(this.#characterClass());
      case "\\":
        return this.#oneOf(this.#escaped());
      case ".":
        return this.#oneOf(WORD);
      case "^":
      case "*":
      case "+":
      case "?":
      case "{":
        throw new NotSimple();
      default:
        return character;
    }
  }

  #group(): string {
    if (this.#peek() === "?" && !this.#skip("?:")) throw new NotSimple();
    const text = this.#choice();
    if (!this.#skip(")")) throw new NotSimple();
    return text;
  }

  #characterClass(): string {
    const isNegated = this.#skip("^");
    let set = "";
    while (!this.#skip("]")) {
      const character = this.#take();
      const members = character === "\\" ? this.#escaped() : character;
      const isRange = members.length === 1 && /^-[^\]\\]/.test(this.#pattern.slice(this.#at));
      set += isRange ? this.#range(members) : members;
    }
    return isNegated
      ? Array.from(PRINTABLE)
          .filter((each) => !set.includes(each))
          .join("")
      : set;
  }

  #range(from: string): string {
    this.#at++;
    const [low, high] = [from.charCodeAt(0), this.#take().charCodeAt(0)];
    if (high < low || high - low > 256) throw new NotSimple();
    return String.fromCharCode(...Array.from({ length: high - low + 1 }, (_, i) => low + i));
  }

  /** The characters that an escape stands for. */
  #escaped(): string {
    const character = this.#take();
    if (character === "d") return DIGITS;
    if (character === "w") return WORD;
    if (character === "s") return " ";
    if (character === "n") return "\n";
    if (character === "t") return "\t";
    if (/[A-Za-z0-9]/.test(character)) throw new NotSimple();
    return character;
  }

  #oneOf(characters: string): string {
    if (characters === "") throw new NotSimple();
    return characters.charAt(this.#dice.int(characters.length));
  }

  #peek(): string {
    return this.#pattern.charAt(this.#at);
  }

  #take(): string {
    if (this.#at >= this.#pattern.length) throw new NotSimple();
    return this.#pattern.charAt(this.#at++);
  }

  #skip(text: string): boolean {
    const isThere = this.#pattern.startsWith(text, this.#at);
    if (isThere) this.#at += text.length;
    return isThere;
  }
}
