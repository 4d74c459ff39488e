/** What a chapter can do in the local cloud; each step is shown as it is made. */
import type { Binding } from "../iam/types.ts";
import type { LocalCloud } from "../platform.ts";
import type { Journal, Noted } from "./journal.ts";
import type { Page } from "./page.ts";

export interface StageOptions {
  readonly cloud: LocalCloud;
  readonly journal: Journal;
  readonly page: Page;
  /** Ends whatever is being waited for. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** What is waited for takes milliseconds; this long only where something is wrong or the machine is very busy. */
const PATIENCE_SECONDS = 30;

export class Stage {
  readonly cloud: LocalCloud;
  readonly journal: Journal;
  readonly #page: Page;
  readonly #signal: AbortSignal;

  constructor({ cloud, journal, page, signal }: StageOptions) {
    this.cloud = cloud;
    this.journal = journal;
    this.#page = page;
    this.#signal = signal;
    journal.subscribe((entry) => this.#show(entry));
  }

  say(text: string): void {
    this.#page.say(text);
  }

  /** Asks an entry point as the developer: POST where there is a body, GET otherwise. */
  async ask(role: string, path: string, body?: object): Promise<Answer> {
    const entryPoint = this.cloud.entryPoints().find((each) => each.role === role);
    if (entryPoint === undefined) throw new Error(`there is no entry point ${role}`);
    const url = `${entryPoint.url}${path}`;
    const sent = body === undefined ? undefined : JSON.stringify(body);
    this.#page.request([
      `curl -s ${url}`,
      ...(sent === undefined ? [] : ["-H 'Content-Type: application/json'", `-d ${quoted(sent)}`]),
    ]);
    const response = await fetch(url, {
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(PATIENCE_SECONDS * 1000)]),
      ...(sent !== undefined && {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: sent,
      }),
    });
    const answer = { status: response.status, body: parsed(await response.text()) };
    this.#page.answer(answer.status, answer.body);
    return answer;
  }

  /** Waits for what the journal will say; false where it does not come in time. */
  until(condition: () => boolean, seconds = PATIENCE_SECONDS): Promise<boolean> {
    return this.journal.until(condition, seconds, this.#signal);
  }

  /** Does something while a binding is taken away, and gives the binding back. */
  async without<Result>(binding: Binding, action: () => Promise<Result>): Promise<Result> {
    const plan = this.cloud.plan();
    const row = `${binding.role} for ${shortOf(binding.member)} on ${shortOf(binding.resource)}`;
    const bindings = plan.bindings.filter((other) => other !== binding);
    await this.cloud.apply({ ...plan, bindings });
    this.say(`Taken away: ${row}.`);
    try {
      return await action();
    } finally {
      await this.cloud.apply(plan);
      this.say(`Given back: ${row}.`);
    }
  }

  #show(entry: Noted): void {
    // An entry point's line about a request of ours repeats the answer, which is shown.
    const isEcho =
      entry.fields?.status !== undefined &&
      this.cloud.entryPoints().some(({ role }) => role === entry.source);
    if (!isEcho) this.#page.event(entry);
  }
}

/** `tasks-dispatcher` of its member or its e-mail address, `testimonios` of its service's resource name. */
export function shortOf(name: string): string {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return last.slice(last.indexOf(":") + 1).replace(/@[^@]+\.iam\.gserviceaccount\.com$/, "");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
