/** What a chapter can do in the local cloud; each step is shown as it is made. */
import type { Binding } from "../iam/types.ts";
import type { Declared } from "../declared/declared.ts";
import type { LogEntry } from "../log.ts";
import type { LocalCloud } from "../local-cloud.ts";
import { FIRST_PORT } from "../command/ports.ts";
import { DEVELOPER } from "../identity/metadata-servers.ts";
import { askGoogle, tokenOf, type GoogleCall } from "./google.ts";
import type { Journal, Noted } from "./journal.ts";
import type { Page } from "./page.ts";

export interface StageOptions {
  readonly cloud: LocalCloud;
  readonly journal: Journal;
  readonly page: Page;
  /** Ends whatever is being waited for. */
  readonly signal: AbortSignal;
  /** Lines of the log that say nothing to a person. */
  readonly hides: (entry: LogEntry) => boolean;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the page has of the answer. Default: all of it. */
  readonly shown?: (body: unknown) => unknown;
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
  /** What a person is to know at the end, though it was as told. */
  readonly remarks: string[] = [];
  readonly #page: Page;
  readonly #signal: AbortSignal;
  readonly #hides: StageOptions["hides"];

  constructor({ cloud, journal, page, signal, hides }: StageOptions) {
    this.cloud = cloud;
    this.journal = journal;
    this.#page = page;
    this.#signal = signal;
    this.#hides = hides;
    journal.subscribe((entry) => this.#show(entry));
  }

  /** Where `npm run local` lets a person reach an entry point, unless told otherwise: the story's own cloud is gone by then. */
  addressLater(role: string): string {
    const place = this.cloud.entryPoints().findIndex((each) => each.role === role);
    return `http://127.0.0.1:${FIRST_PORT + place}`;
  }

  say(text: string): void {
    this.#page.say(text);
  }

  /** Asks an entry point as the developer. `method`: default POST where there is a body, GET otherwise. */
  async ask(
    role: string,
    path: string,
    body?: object,
    { method, headers = {}, shown = (whole) => whole }: AskOptions = {},
  ): Promise<Answer> {
    const entryPoint = this.cloud.entryPoints().find((each) => each.role === role);
    if (entryPoint === undefined) throw new Error(`there is no entry point ${role}`);
    const url = `${entryPoint.url}${path}`;
    const sent = body === undefined ? undefined : JSON.stringify(body);
    this.#page.request([
      `curl -s ${method === undefined ? "" : `-X ${method} `}${url}`,
      ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
      ...(sent === undefined ? [] : ["-H 'Content-Type: application/json'", `-d ${quoted(sent)}`]),
    ]);
    const response = await fetch(url, {
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(PATIENCE_SECONDS * 1000)]),
      method: method ?? (sent === undefined ? "GET" : "POST"),
      headers: { ...headers, ...(sent !== undefined && { "content-type": "application/json" }) },
      ...(sent !== undefined && { body: sent }),
    });
    const answer = { status: response.status, body: parsed(await response.text()) };
    this.#page.answer(answer.status, shown(answer.body));
    return answer;
  }

  /** Asks an API of Google's as the developer: POST. */
  async askGoogle(url: string, body: object): Promise<Answer> {
    const sent = JSON.stringify(body);
    this.#page.request([
      `curl -s ${url}`,
      '-H "Authorization: Bearer $(gcloud auth print-access-token)"',
      `-d ${quoted(sent)}`,
    ]);
    const token = await this.tokenOf(DEVELOPER);
    const answer = await this.call({ url, token, body: sent });
    this.#page.answer(answer.status, answer.body);
    return answer;
  }

  /** Gets something of an API of Google's with a token that `$TOKEN` stands for on the page, which has what `shown` leaves. */
  async getGoogle(url: string, token: string, shown: (body: unknown) => unknown): Promise<Answer> {
    this.#page.request([`curl -s '${url}'`, '-H "Authorization: Bearer $TOKEN"']);
    const answer = await this.call({ url, token });
    this.#page.answer(answer.status, shown(answer.body));
    return answer;
  }

  /** Asks an API of Google's without showing it. */
  async call(call: GoogleCall): Promise<Answer> {
    const { status, text } = await askGoogle(this.cloud.attachment(), call, this.#signal);
    return { status, body: parsed(text) };
  }

  /** An access token of an account of the stack, or of the developer. */
  tokenOf(account: string): Promise<string> {
    return tokenOf(this.cloud.attachment(), account, this.#signal);
  }

  /** Shows a text that somebody reads elsewhere; what is beyond so many lines is counted. */
  quote(title: string, lines: readonly string[], maxLines?: number): void {
    this.#page.quote(title, lines, maxLines);
  }

  /** Waits for what the journal will say; false where it does not come in time. */
  until(condition: () => boolean, seconds = PATIENCE_SECONDS): Promise<boolean> {
    return this.journal.until(condition, seconds, this.#signal);
  }

  /** Does something while a binding is taken away, and gives the binding back. */
  async without<Result>(binding: Binding, action: () => Promise<Result>): Promise<Result> {
    const declared = this.cloud.declared();
    const row = `${binding.role} for ${shortOf(binding.member)} on ${shortOf(binding.resource)}`;
    const bindings = declared.bindings.filter((other) => other !== binding);
    const words = { begun: `Taken away: ${row}.`, ended: `Given back: ${row}.` };
    return this.during({ ...declared, bindings }, words, action);
  }

  /** Does something while something else is declared, says so, and lets the cloud run the first one again. */
  async during<Result>(
    next: Declared,
    { begun, ended }: { readonly begun: string; readonly ended: string },
    action: () => Promise<Result>,
  ): Promise<Result> {
    const declared = this.cloud.declared();
    await this.cloud.apply(next);
    this.say(begun);
    try {
      return await action();
    } finally {
      await this.cloud.apply(declared);
      this.say(ended);
    }
  }

  #show(entry: Noted): void {
    // An entry point's line about a request repeats the answer, which is shown or logged by who asked.
    const isEcho =
      entry.fields?.status !== undefined &&
      this.cloud.entryPoints().some(({ role }) => role === entry.source);
    if (!isEcho && !isPush(entry) && !this.#hides(entry)) this.#page.event(entry);
  }
}

/** Pub/Sub says of each push how it was answered. */
function isPush({ fields, message }: Noted): boolean {
  return fields?.status !== undefined && message.startsWith("POST /pubsub/push");
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
