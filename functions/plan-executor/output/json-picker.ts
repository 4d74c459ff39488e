/**
 * Which values of a JSON text are wanted, by the names on the way to them; `*` stands for every name and every element
 * that is not named. A taker gets the value and the name it stands under.
 */
export interface Wanted {
  readonly [name: string]: Wanted | ((value: unknown, name: string) => void);
}

type Target = Wanted[string] | undefined;

interface Container {
  readonly wanted: Target;
  readonly isList: boolean;
  /** Of the member that is being read. */
  name: string;
}

/** Nothing that one resource holds is larger; in bytes. */
const MAX_VALUE_BYTES = 32 * 1024 * 1024;
/** Of a member's name, in bytes. */
const MAX_NAME_BYTES = 65_536;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Picks values out of a JSON text that arrives in pieces, and forgets all the rest: a plan of thousands of resources is
 * many times larger than what is wanted of it. The text is taken to be well-formed; of what is picked that is checked.
 */
export class JsonPicker {
  readonly #stack: Container[] = [];
  readonly #root: Wanted;
  #inText = false;
  #escaped = false;
  /** Whether the next text is a member's name. */
  #expectsName = false;
  /** Pieces of what is being kept, a name or a wanted value. */
  #kept: Buffer[] | undefined;
  #keptBytes = 0;
  /** How deep the wanted value stands that is being kept. */
  #keptDepth = -1;
  /** Where in this piece the kept part begins. */
  #from = 0;

  constructor(wanted: Wanted) {
    this.#root = wanted;
  }

  /** Throws where a wanted value is not JSON, or is too large. */
  add(chunk: Buffer): void {
    this.#from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#endText(chunk, at);
        continue;
      }
      switch (byte) {
        case QUOTE:
          this.#beginText(at);
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          this.#open(byte === OPEN_BRACKET, at);
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.#endScalar(chunk, at);
          this.#stack.pop();
          this.#expectsName = false;
          if (this.#keptDepth === this.#stack.length) this.#take(chunk, at + 1);
          break;
        case COMMA:
          this.#endScalar(chunk, at);
          this.#expectsName = this.#stack.at(-1)?.isList === false;
          break;
        case COLON:
          this.#expectsName = false;
          break;
        default:
          if (byte !== undefined && byte > 0x20) this.#beginValue(at);
      }
    }
    if (this.#kept !== undefined) this.#keep(chunk.subarray(this.#from));
  }

  #beginText(at: number): void {
    this.#inText = true;
    if (!this.#expectsName) this.#beginValue(at);
    else if (this.#keptDepth === -1) this.#begin(at);
  }

  #endText(chunk: Buffer, at: number): void {
    this.#inText = false;
    if (this.#expectsName) {
      const container = this.#stack.at(-1);
      if (this.#keptDepth !== -1 || container === undefined) return;
      container.name = JSON.parse(this.#finish(chunk, at + 1)) as string;
      return;
    }
    if (this.#keptDepth === this.#stack.length) this.#take(chunk, at + 1);
  }

  #open(isList: boolean, at: number): void {
    this.#beginValue(at);
    const wanted = this.#keptDepth === -1 ? this.#target() : undefined;
    this.#stack.push({ wanted, isList, name: "*" });
    this.#expectsName = !isList;
  }

  /** The first byte of a value: keeps it from here on where it is wanted. */
  #beginValue(at: number): void {
    if (this.#keptDepth !== -1 || typeof this.#target() !== "function") return;
    this.#keptDepth = this.#stack.length;
    this.#begin(at);
  }

  /** Ends a number or a word, which nothing but what follows ends. */
  #endScalar(chunk: Buffer, at: number): void {
    if (this.#keptDepth !== -1 && this.#keptDepth === this.#stack.length) this.#take(chunk, at);
  }

  /** What is wanted of the value that begins here. */
  #target(): Target {
    const container = this.#stack.at(-1);
    if (container === undefined) return this.#root;
    const { wanted, name } = container;
    if (wanted === undefined || typeof wanted === "function") return undefined;
    return Object.hasOwn(wanted, name) ? wanted[name] : wanted["*"];
  }

  #take(chunk: Buffer, end: number): void {
    const value: unknown = JSON.parse(this.#finish(chunk, end));
    this.#keptDepth = -1;
    const target = this.#target();
    if (typeof target === "function") target(value, this.#stack.at(-1)?.name ?? "");
  }

  #begin(at: number): void {
    this.#kept = [];
    this.#keptBytes = 0;
    this.#from = at;
  }

  #finish(chunk: Buffer, end: number): string {
    this.#keep(chunk.subarray(this.#from, end));
    const text = Buffer.concat(this.#kept ?? []).toString();
    this.#kept = undefined;
    return text;
  }

  #keep(part: Buffer): void {
    this.#keptBytes += part.length;
    const max = this.#keptDepth === -1 ? MAX_NAME_BYTES : MAX_VALUE_BYTES;
    if (this.#keptBytes > max) throw new Error("A value of the plan is too large to be judged.");
    this.#kept?.push(part);
  }
}
