import { StringDecoder } from "node:string_decoder";

/** Characters of a line. A longer one is left out whole: a secret that is cut in two is found by nobody. */
const MAX_LINE = 16_000;
/** Characters of one warning; lines beyond are left out. */
const MAX_WARNING = 16_000;
/** Warnings that are kept; of more the number is. */
const MAX_KEPT = 50;

/** What OpenTofu draws at the left of a message where it draws it at all. */
const FRAME = /^[╷│] ?/;
const LEFT_OUT = "… left out here …";
const START = "Warning: ";
/** What follows a warning: another message, or what the command has to say itself. One of the configuration comes first. */
const ENDS: readonly RegExp[] = [
  /^(?:Error: |╵|─{20})/,
  /^Initializing [a-z ]+\.\.\.$/,
  /: (?:Reading|Still reading|Refreshing state|Preparing import)\.\.\./,
  /^(?:OpenTofu|Terraform) (?:used the selected providers|will perform|planned the following)/,
  /^(?:OpenTofu|Terraform) has (?:been successfully initialized|created a lock|made some changes)/,
  /^(?:Plan: \d|No changes\. |Changes to Outputs:|Note: Objects have changed|You can apply this plan)/,
];
/** Of equal warnings only one is printed; how many it stands for differs from command to command. */
const SIMILAR = /\n+\(and \w+ more similar warnings? elsewhere\)$/;
/** Told of the `check` block already, which the plan itself holds. */
const OF_CHECK = /^Warning: Check block assertion failed(?:\n|$)/;

/**
 * Takes the warnings out of what commands of OpenTofu print, one command after the other: `show` does not repeat them. They
 * stand on standard output as text, each from a line `Warning: …` to the next message (tried with OpenTofu 1.12.6; a form
 * for machines is there too, but takes the place of the text, which other versions need).
 */
export class Warnings {
  /** By what they say. */
  readonly #kept = new Map<string, string>();
  #decoder = new StringDecoder();
  #rest = "";
  #lines: string[] | undefined;
  #length = 0;
  #dropped = 0;

  add(chunk: Buffer): void {
    const [first = "", ...others] = this.#decoder.write(chunk).split("\n");
    this.#rest = bounded(`${this.#rest}${first}`);
    for (const next of others) {
      this.#line(this.#rest);
      this.#rest = bounded(next);
    }
  }

  /** The command has ended. */
  end(): void {
    this.add(Buffer.from("\n"));
    this.#take();
    this.#decoder = new StringDecoder();
  }

  /** How many there are besides those of `check` blocks that failed; and all of them as they were printed, if any. */
  read(): { readonly count: number; readonly told: { readonly warnings?: string } } {
    const texts = [...this.#kept.values()];
    const more = this.#dropped > 0 ? [`… and ${this.#dropped} more warnings.`] : [];
    return {
      count: texts.filter((text) => !OF_CHECK.test(text)).length + this.#dropped,
      told: texts.length === 0 ? {} : { warnings: [...texts, ...more].join("\n\n") },
    };
  }

  #line(raw: string): void {
    const line = raw.length > MAX_LINE ? LEFT_OUT : raw.replace(FRAME, "").trimEnd();
    if (line.startsWith(START)) {
      this.#take();
      this.#lines = [];
      this.#length = 0;
    }
    if (this.#lines === undefined) return;
    if (ENDS.some((end) => end.test(line))) {
      this.#take();
      return;
    }
    const isFull = this.#length > MAX_WARNING;
    this.#length += line.length + 1;
    if (!isFull) this.#lines.push(this.#length > MAX_WARNING ? LEFT_OUT : line);
  }

  #take(): void {
    if (this.#lines === undefined) return;
    const text = this.#lines.join("\n").trimEnd();
    this.#lines = undefined;
    const key = text.replace(SIMILAR, "");
    if (this.#kept.has(key) || this.#kept.size < MAX_KEPT) this.#kept.set(key, text);
    else this.#dropped += 1;
  }
}

/** Of a line that is too long only as much as shows that it is. */
function bounded(line: string): string {
  return line.slice(0, MAX_LINE + 1);
}
