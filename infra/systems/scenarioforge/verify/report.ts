/** What was checked, line by line, and what was found in place of what should be. */
import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import type { Answer } from "./service.ts";

/** The service does not do what it should: in words, without what nobody may see. */
export class Unexpected extends Error {
  override readonly name = "Unexpected";
}

/** What comes later in a story would say nothing after a check that failed. */
class StoryEnds extends Error {}

const MAX_SHOWN = 300;

export class Report {
  /** Checks that found what they should. */
  right = 0;
  /** The others. */
  wrong = 0;
  readonly #print: (line: string) => void;

  /** `secrets`: what a service that does wrong may show, and no line of the report. */
  constructor(print: (line: string) => void, secrets: readonly string[] = []) {
    this.#print = (line) => print(secrets.reduce((text, each) => text.replaceAll(each, "…"), line));
  }

  /** The last line. */
  get sum(): string {
    const made = this.right + this.wrong;
    if (this.wrong === 0) return `${made} checks, nothing wrong.`;
    return `${made} checks, ${this.wrong} of them found something wrong; what follows from those was not checked.`;
  }

  /** Checks that follow from each other: the first that fails is the last. */
  async story(tell: () => Promise<void>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      if (!(error instanceof StoryEnds)) throw error;
    }
  }

  /** `rule`: what holds where the check throws nothing Unexpected. */
  async check(rule: string, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof Unexpected)) throw error;
      this.wrong += 1;
      this.#print(`WRONG  ${rule}`);
      this.#print(`       ${error.message}`);
      throw new StoryEnds();
    }
    this.right += 1;
    this.#print(`ok     ${rule}`);
  }

  note(text: string): void {
    this.#print(`note   ${text}`);
  }
}

/** @throws Unexpected where it does not hold */
export function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Unexpected(otherwise);
}

/** @throws Unexpected where the two differ anywhere */
export function expectSame(what: string, found: unknown, expected: unknown): void {
  const difference = `${what} is ${shown(found)} in place of ${shown(expected)}.`;
  expectThat(isDeepStrictEqual(found, expected), difference);
}

/** @throws Unexpected where the answer has another status */
export function expectStatus(answer: Answer, ...expected: readonly number[]): void {
  const { asked, status, text } = answer;
  const instead = `${asked} answered ${status} in place of ${expected.join(" or ")}: ${cut(text)}`;
  expectThat(expected.includes(status), instead);
}

/** The JSON of a 200. @throws Unexpected where it is none, or of another shape */
export function bodyOf<const Schema extends v.GenericSchema>(
  answer: Answer,
  schema: Schema,
  ...statuses: readonly number[]
): v.InferOutput<Schema> {
  expectStatus(answer, ...(statuses.length > 0 ? statuses : [200]));
  const result = v.safeParse(schema, answer.body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "the body";
  throw new Unexpected(`In the answer to ${answer.asked}, ${path} is wrong: ${issue.message}.`);
}

function shown(value: unknown): string {
  return value === undefined ? "absent" : cut(JSON.stringify(value));
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
