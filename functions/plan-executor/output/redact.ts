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
const NO_SECRETS = new Set(["true", "false", "null"]);
/** How many characters the search looks at to find where a value may begin. */
const PREFIX = 4;

/** Takes secrets out of texts before they leave. */
export class Redactor {
  /** What stands for each value. */
  readonly #stands = new Map<string, string>();
  /** First characters → how long the values are that begin with them, the longest first. */
  readonly #lengths = new Map<string, number[]>();
  /** By a hash of the first characters: whether anything begins so. Most places of a text are passed by it. */
  readonly #mayBegin = new Uint8Array(65_536);

  /** A secret of ours, in every form that it takes on the way. */
  addSecret(secret: string): void {
    const forms = [secret, `x-access-token:${secret}`].flatMap((text) => [text, ...base64Of(text)]);
    for (const form of forms) this.#add(form, REDACTED);
  }

  /** A value that the configuration calls sensitive. */
  addSensitive(value: string): void {
    const lines = value.includes("\n")
      ? value
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line.length >= MIN_LINE_LENGTH)
      : [];
    for (const text of [value, ...lines]) {
      // As OpenTofu prints it, with quotes and line ends escaped.
      for (const form of [text, JSON.stringify(text).slice(1, -1), ...base64Of(text).slice(0, 1)]) {
        this.#add(form, SENSITIVE);
      }
    }
  }

  redact(text: string): string {
    const parts: string[] = [];
    let kept = 0;
    const last = this.#stands.size === 0 ? -1 : text.length - PREFIX;
    for (let at = 0; at <= last; at += 1) {
      if (this.#mayBegin[hashAt(text, at)] !== 1) continue;
      const lengths = this.#lengths.get(text.slice(at, at + PREFIX)) ?? [];
      const length = lengths.find((each) => this.#stands.has(text.slice(at, at + each)));
      if (length === undefined) continue;
      parts.push(text.slice(kept, at), this.#stands.get(text.slice(at, at + length)) ?? REDACTED);
      kept = at + length;
      at = kept - 1;
    }
    const known = parts.length === 0 ? text : [...parts, text.slice(kept)].join("");
    return PATTERNS.reduce((rest, [pattern, by]) => rest.replace(pattern, by), known);
  }

  #add(value: string, stands: string): void {
    if (value.length < MIN_LENGTH || NO_SECRETS.has(value)) return;
    if (this.#stands.has(value)) return;
    this.#stands.set(value, stands);
    const prefix = value.slice(0, PREFIX);
    const lengths = this.#lengths.get(prefix) ?? [];
    if (!lengths.includes(value.length)) lengths.push(value.length);
    lengths.sort((a, b) => b - a);
    this.#lengths.set(prefix, lengths);
    this.#mayBegin[hashAt(value, 0)] = 1;
  }
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
