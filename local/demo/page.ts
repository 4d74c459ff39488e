/** The story on a terminal, readable at 80 columns. Colours only where the stream shows them. */
import { styleText } from "node:util";
import type { Severity } from "../log.ts";
import type { Noted } from "./journal.ts";
import { row, wrap, wrapIndented } from "./layout.ts";
import { allHeld, type Audience, type Check, type ToldChapter } from "./story.ts";

const WIDTH = 80;
const SOURCE_WIDTH = 15;
/** `  12.34 s  plan-deadletter  ` */
const EVENT_INDENT = 28;
/** Mark, chapter, expected, happened. */
const SUMMARY_WIDTHS = [1, 20, 28, 25];

type Format = Parameters<typeof styleText>[0];

const COLOUR: Readonly<Record<Severity, Format>> = {
  DEBUG: "gray",
  INFO: "reset",
  NOTICE: "cyan",
  WARNING: "yellow",
  ERROR: "red",
};

export class Page implements Audience {
  readonly #stream: NodeJS.WritableStream;
  #chapterBeganAt = performance.now();

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  chapter(number: number, of: number, title: string, why: string): void {
    this.#chapterBeganAt = performance.now();
    this.#lines(["", `${number}/${of}  ${title}`], "bold");
    this.#lines(wrap(why, WIDTH));
    this.#lines([""]);
  }

  /** What the story does besides asking. */
  say(text: string): void {
    this.#lines(indented(wrap(text, WIDTH - 2), "  "));
  }

  /** A request as a person would type it; long bodies stay on one line, to be copied. */
  request(lines: readonly string[]): void {
    this.#lines(indented([`$ ${lines.join(" \\\n      ")}`], "  "), "cyan");
  }

  answer(status: number, body: unknown): void {
    const text =
      typeof body === "string" ? body : JSON.stringify(body, null, 1).replaceAll(/\n\s*/g, " ");
    const [first = "", ...others] = wrap(`${status} ${shortened(text)}`, WIDTH - 6);
    this.#lines([`  ${first}`, ...indented(others, "      ")], status < 400 ? "reset" : "yellow");
  }

  /** A text as somebody else reads it, long lines wrapped; what is beyond `maxLines` is counted. */
  quote(title: string, lines: readonly string[], maxLines = Infinity): void {
    const all = lines.flatMap((line) => wrapIndented(line, WIDTH - 4));
    const shown = all.slice(0, maxLines);
    const left = all.length - shown.length;
    const more = left > 0 ? [`… ${left} more ${left === 1 ? "line" : "lines"}`] : [];
    this.#lines([`  ┌ ${title}`, ...framed([...shown, ...more]), "  └"], "cyan");
  }

  /** What a part of the cloud says, with the time since the chapter began. */
  event({ source, severity, message, at }: Noted): void {
    const seconds = (at - this.#chapterBeganAt) / 1000;
    const head = `${seconds.toFixed(2).padStart(7)} s  ${source.padEnd(SOURCE_WIDTH)}  `;
    const width = WIDTH - Math.max(EVENT_INDENT, head.length);
    const [first = "", ...others] = wrap(shortened(inOneLine(message)), width);
    const lines = [first, ...indented(others, " ".repeat(EVENT_INDENT))];
    this.#write(`${this.#paint("gray", head)}${this.#paint(COLOUR[severity], lines.join("\n"))}\n`);
  }

  check({ what, expected, happened, holds }: Check): void {
    const text = holds
      ? `${what}: ${happened}`
      : `${what}: ${happened}; it should have been: ${expected}`;
    const [first = "", ...others] = wrap(text, WIDTH - 4);
    this.#lines([`  ${markOf(holds)} ${first}`, ...indented(others, "    ")], colourOf(holds));
  }

  /** `remarks`: what a person is to know though it was as told, one line each. */
  summary(told: readonly ToldChapter[], tookMs: number, remarks: readonly string[] = []): void {
    this.#lines(["", ...row(["", "chapter", "expected", "happened"], SUMMARY_WIDTHS)], "bold");
    for (const { title, checks } of told) {
      checks.forEach(({ what, expected, happened, holds }, index) => {
        const claim = `${what}: ${expected}`;
        const cells = [markOf(holds), index === 0 ? title : "", claim, happened];
        this.#lines(row(cells, SUMMARY_WIDTHS), colourOf(holds));
      });
    }
    const checks = told.flatMap((chapter) => chapter.checks);
    const held = checks.filter(({ holds }) => holds).length;
    const result = allHeld(told) ? "Everything was as told" : "Not everything was as told";
    const took = `${(tookMs / 1000).toFixed(1)} s`;
    this.#lines(["", `${result}: ${held} of ${checks.length} expectations held, in ${took}.`]);
    this.#lines(
      remarks.flatMap((remark) => wrap(remark, WIDTH)),
      "yellow",
    );
  }

  #lines(lines: readonly string[], format?: Format): void {
    for (const line of lines) {
      this.#write(`${format === undefined || line === "" ? line : this.#paint(format, line)}\n`);
    }
  }

  #paint(format: Format, text: string): string {
    return styleText(format, text, { stream: this.#stream });
  }

  #write(text: string): void {
    this.#stream.write(text);
  }
}

function markOf(holds: boolean): string {
  return holds ? "✓" : "✗";
}

function colourOf(holds: boolean): Format {
  return holds ? "green" : "red";
}

function indented(lines: readonly string[], by: string): string[] {
  return lines.map((line) => `${by}${line}`);
}

function framed(lines: readonly string[]): string[] {
  return lines.map((line) => `  │ ${line}`.trimEnd());
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}

/** Long hexadecimal ids as Cloud Tasks' lines have them: their first eight digits. */
function shortened(text: string): string {
  return text.replaceAll(/\b([0-9a-f]{8})[0-9a-f]{24,}\b/g, "$1…");
}
