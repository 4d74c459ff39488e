import { OWN_WORDS, isOrdinary, isWhole } from "./ordinary.ts";

/** What stands for a secret. */
const REDACTED = "(redacted)";
/** What stands for a value that the configuration calls sensitive, in OpenTofu's own words. */
const SENSITIVE = "(sensitive value)";

/**
 * Forms that give a secret away whatever its value: GitHub's tokens (github.blog/2021-04-05-behind-githubs-new-authentication-token-formats,
 * and the longer ones with a JWT in them), the user part of URLs, private keys.
 */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/gh[pousr]_[A-Za-z0-9_.-]{8,}/g, REDACTED],
  [/github_pat_[A-Za-z0-9_]{8,}/g, REDACTED],
  [/\b([A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/)[^\s/@"'<>]{1,2000}@/g, `$1${REDACTED}@`],
  [
    // An end without its beginning is where the middle of a long text was left out.
    /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]{0,16000}?-----END [A-Z ]{0,40}PRIVATE KEY-----|[\s\S]{0,4000})/g,
    REDACTED,
  ],
  [/^(?:(?!-----BEGIN)[\s\S]){0,16000}?-----END [A-Z ]{0,40}PRIVATE KEY-----/g, REDACTED],
];

/** Shorter texts would black out half of a plan, and are no secrets. */
const MIN_LENGTH = 4;
/** Of one line of a longer value. */
const MIN_LINE_LENGTH = 8;
/** How many characters the search looks at to find where a value may begin. */
const PREFIX = 4;

interface Hidden {
  /** What is shown in its place. */
  readonly stands: string;
  /** Hidden only where it is no part of a longer word, and no name. */
  readonly isOrdinary: boolean;
}

/**
 * Takes secrets out of texts before they leave. What looks like a secret goes wherever it stands. What is made of ordinary
 * words goes where it stands as a whole, unless it is a name too, as part of an address for example: names are no secrets,
 * and a plan without them tells nothing. A line end counts as a space, since OpenTofu breaks the lines of its messages.
 */
export class Redactor {
  readonly #hidden = new Map<string, Hidden>();
  /** First characters → how long the values are that begin with them, the longest first. */
  readonly #lengths = new Map<string, number[]>();
  /** By a hash of the first characters: whether anything begins so. Most places of a text are passed by it. */
  readonly #mayBegin = new Uint8Array(65_536);
  readonly #names = new Set<string>(OWN_WORDS);
  /** Ordinary values that are names; undefined where that is to be found out anew. */
  #shown: ReadonlySet<string> | undefined;

  /** A secret of ours, in every form that it takes on the way. */
  addSecret(secret: string): void {
    const forms = [secret, `x-access-token:${secret}`].flatMap((text) => [text, ...base64Of(text)]);
    for (const form of forms) this.#add(form, REDACTED, false);
  }

  /** A value that the configuration calls sensitive. */
  addSensitive(value: string): void {
    const lines = value.includes("\n")
      ? value
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line.length >= MIN_LINE_LENGTH)
      : [];
    // Most files end with a line end, and whoever reads them may leave it out.
    const trimmed = value.trim();
    for (const text of [trimmed, ...lines]) {
      // As OpenTofu prints it, with quotes and line ends escaped.
      for (const form of [flattened(text), JSON.stringify(text).slice(1, -1)]) {
        this.#add(form, SENSITIVE, isOrdinary(form));
      }
    }
    for (const text of [value, trimmed, ...lines]) {
      for (const form of base64Of(text)) this.#add(form, SENSITIVE, false);
    }
  }

  /** A name of the configuration, or an address: its words are shown. */
  addName(name: string): void {
    this.#names.add(name);
    this.#shown = undefined;
  }

  redact(text: string): string {
    const flat = flattened(text);
    const parts: string[] = [];
    let kept = 0;
    for (const { start, value, stands, isOrdinary: mayStay } of this.#found(flat)) {
      if (start < kept || (mayStay && this.#isShown(value))) continue;
      parts.push(text.slice(kept, start), stands);
      kept = start + value.length;
    }
    const known = parts.length === 0 ? text : [...parts, text.slice(kept)].join("");
    return PATTERNS.reduce((rest, [pattern, by]) => rest.replace(pattern, by), known);
  }

  #isShown(value: string): boolean {
    this.#shown ??= new Set(
      [...this.#names].flatMap((name) => [...this.#found(name)].map((found) => found.value)),
    );
    return this.#shown.has(value);
  }

  /** Everywhere that a value stands, from left to right, at one place the longest first. */
  *#found(flat: string): Generator<Hidden & { readonly start: number; readonly value: string }> {
    const last = this.#hidden.size === 0 ? -1 : flat.length - PREFIX;
    for (let start = 0; start <= last; start += 1) {
      if (this.#mayBegin[hashAt(flat, start)] !== 1) continue;
      for (const length of this.#lengths.get(flat.slice(start, start + PREFIX)) ?? []) {
        const value = flat.slice(start, start + length);
        const hidden = this.#hidden.get(value);
        if (hidden === undefined) continue;
        if (hidden.isOrdinary && !isWhole(flat, start, start + length)) continue;
        yield { ...hidden, start, value };
      }
    }
  }

  #add(value: string, stands: string, mayStay: boolean): void {
    if (value.length < MIN_LENGTH || this.#hidden.has(value)) return;
    this.#hidden.set(value, { stands, isOrdinary: mayStay });
    this.#shown = undefined;
    const prefix = value.slice(0, PREFIX);
    const lengths = this.#lengths.get(prefix) ?? [];
    if (!lengths.includes(value.length)) lengths.push(value.length);
    lengths.sort((a, b) => b - a);
    this.#lengths.set(prefix, lengths);
    this.#mayBegin[hashAt(value, 0)] = 1;
  }
}

/** Of the same length. */
function flattened(text: string): string {
  return text.replaceAll("\n", " ");
}

function hashAt(text: string, at: number): number {
  const [a, b] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  const [c, d] = [text.charCodeAt(at + 2), text.charCodeAt(at + 3)];
  return (a + b * 31 + c * 961 + d * 29_791) & 0xffff;
}

function base64Of(text: string): string[] {
  const encoded = Buffer.from(text).toString("base64");
  // Without padding it is found as part of a longer text too.
  return [encoded.replace(/=+$/, ""), Buffer.from(text).toString("base64url")];
}
