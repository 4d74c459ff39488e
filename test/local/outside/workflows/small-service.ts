/** A stand-in workflows service on loopback, its time moved by hand, and clients of it. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { ManualClock } from "../../../../local/clock.ts";
import { createHttpServer } from "../../../../local/http/server.ts";
import type { LogEntry } from "../../../../local/log.ts";
import { listener } from "../../../../local/http/node.ts";
import { Workflows, type WorkflowsOptions } from "../../../../local/outside/workflows/index.ts";
import { urlOf } from "../../../../local/http/request-target.ts";

export const USER = "ada";
export const PROJECT = "p1";
export const WORKSPACE = "w1";

export interface Asked {
  readonly method?: string;
  /** Undefined: no body. A string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

export class SmallService {
  readonly clock = new ManualClock();
  readonly log: LogEntry[] = [];
  readonly workflows: Workflows;
  readonly #server;
  #base = "";

  constructor(options: Partial<WorkflowsOptions> = {}) {
    const log = (entry: LogEntry): void => void this.log.push(entry);
    this.workflows = new Workflows({ log, clock: this.clock, ...options });
    this.#server = createHttpServer({
      name: "the workflows service",
      source: "test",
      log,
      serve: listener((incoming) => urlOf(incoming, this.#base), this.workflows.send, log),
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.#base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.workflows.stop();
    this.clock.stop();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  url(path: string): string {
    return `${this.#base}${path}`;
  }

  /** Asks as the user, in the project. JSON is read, other text is returned as it is. */
  async ask(path: string, { method, body, headers = {} }: Asked = {}): Promise<Answered> {
    const response = await fetch(this.url(path), {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        "x-user-id": USER,
        "x-project-id": PROJECT,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && {
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
  }

  /** Opens a stream of the workspace; resolves when the service has it, which may be before it answers. */
  async open(query = "", headers: Readonly<Record<string, string>> = {}): Promise<Client> {
    const before = this.workflows.records.requests.size + this.workflows.streams.length;
    const client = new Client(
      this.url(`/events/stream?projectId=${PROJECT}&workspaceId=${WORKSPACE}${query}`),
      { accept: "text/event-stream", "x-user-id": USER, "x-project-id": PROJECT, ...headers },
    );
    await until(
      () => this.workflows.records.requests.size + this.workflows.streams.length > before,
    );
    return client;
  }
}

/** A client of one stream, by the parser that bridges use. */
export class Client {
  readonly events: EventSourceMessage[] = [];
  readonly comments: string[] = [];
  /** Resolves with the end of the stream, and with what the connection broke with. */
  readonly ended: Promise<"ended" | "broken">;
  readonly answered: Promise<Response>;
  readonly #gone = new AbortController();
  raw = "";

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.answered = fetch(url, { headers, signal: this.#gone.signal });
    this.ended = this.#read();
  }

  /** The ids of all events so far, once there are so many. */
  async ids(count: number): Promise<readonly (string | undefined)[]> {
    await until(() => this.events.length >= count);
    return this.events.map(({ id }) => id);
  }

  leave(): void {
    this.#gone.abort();
  }

  async #read(): Promise<"ended" | "broken"> {
    const parser = createParser({
      onEvent: (event) => void this.events.push(event),
      onComment: (comment) => void this.comments.push(comment),
    });
    const decoder = new TextDecoder();
    try {
      const { body } = await this.answered;
      for await (const chunk of body ?? []) {
        const text = decoder.decode(chunk as Uint8Array, { stream: true });
        this.raw += text;
        parser.feed(text);
      }
      return "ended";
    } catch {
      return "broken";
    }
  }
}

/** Resolves when it holds; the test's own time limit is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** An envelope as an emitter posts it. */
export function envelope(id: string, more: Readonly<Record<string, unknown>> = {}) {
  return { id, projectId: PROJECT, sessionId: "s1", source: "test", data: { text: id }, ...more };
}

/** ISO 8601: so many seconds after the beginning. */
export function at(seconds: number): string {
  return new Date(Date.parse("2026-01-01T00:00:00Z") + seconds * 1000).toISOString();
}
