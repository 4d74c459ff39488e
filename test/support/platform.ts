/** A local cloud of its own for a suite, its clock in the suite's hand, and the few ways in which tests speak to it. */
import { readFile } from "node:fs/promises";
import { Agent, request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import { ManualClock } from "../../local/clock.ts";
import type { LogEntry } from "../../local/log.ts";
import type { Declared } from "../../local/declared/declared.ts";
import type { LocalCloud } from "../../local/local-cloud.ts";
import { startLocalCloud, type LocalCloudOptions } from "../../local/platform.ts";
import { declaredFor } from "./recorded.ts";

export interface PlatformOptions extends Pick<
  LocalCloudOptions,
  "attaching" | "standIns" | "iam" | "google" | "outside" | "allow" | "reach"
> {
  /** What is declared. Default: what the dev stack's program declares. */
  readonly declared?: Declared;
  /** Values of the dev stack that this suite wants different. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Function → variables that this suite wants different, such as the durations that a role waits for. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is where it is text, as JSON otherwise. */
  readonly body?: unknown;
}

/** Declares a suite on the dev stack's platform. */
export function onPlatform(
  title: string,
  define: (platform: TestPlatform) => void,
  options: PlatformOptions = {},
): void {
  describe(title, () => {
    const platform = new TestPlatform(options);
    before(() => platform.start());
    after(() => platform.stop());
    define(platform);
  });
}

export class TestPlatform {
  readonly log: LogEntry[] = [];
  readonly #options: PlatformOptions;
  #clock: ManualClock | undefined;
  #cloud: LocalCloud | undefined;
  #revisions = 0;
  #agent: Agent | undefined;

  constructor(options: PlatformOptions = {}) {
    this.#options = options;
  }

  get cloud(): LocalCloud {
    if (this.#cloud === undefined) throw new Error("The platform has not been started.");
    return this.#cloud;
  }

  /** Begins with wall time, by which roles reckon, when the cloud starts: suites are declared long before they run. */
  get clock(): ManualClock {
    if (this.#clock === undefined) throw new Error("The platform has not been started.");
    return this.#clock;
  }

  async start(): Promise<void> {
    const { config, env = {}, declared: given, ...options } = this.#options;
    const log = (entry: LogEntry): void => void this.log.push(entry);
    const first = given ?? (await declaredFor(config));
    const clock = new ManualClock(Date.now());
    this.#clock = clock;
    this.#cloud = await startLocalCloud(withEnv(first, env), {
      ...options,
      clock,
      log,
    });
    const { proxyUrl, caFile } = this.#cloud.attachment();
    this.#agent = new Agent({ ca: await readFile(caFile), proxyEnv: { HTTPS_PROXY: proxyUrl } });
  }

  async stop(): Promise<void> {
    this.#agent?.destroy();
    await this.#cloud?.stop();
  }

  /** Waits until every webhook and every request is answered. */
  async settle(): Promise<void> {
    await this.cloud.idle();
    await this.clock.settle();
  }

  /** Lets the function's next request start a new instance. */
  async restart(name: string): Promise<void> {
    const env = { [name]: { REVISION: String(++this.#revisions) } };
    await this.cloud.apply(withEnv(this.cloud.declared(), env));
  }

  /** Moves the simulators' time. */
  advance(step: { readonly seconds: number }): Promise<void> {
    return this.clock.advance(step);
  }

  /** By how many seconds the simulators' time has been moved ahead of that of the roles. */
  get aheadSeconds(): number {
    return Math.round((this.clock.now() - Date.now()) / 1000);
  }

  /** A request to an entry point's loopback port, which makes it as the developer. */
  async asDeveloper(role: string, path: string, call: Call = {}): Promise<Answer> {
    const entryPoint = this.cloud.entryPoints().find((each) => each.role === role);
    if (entryPoint === undefined) throw new Error(`There is no entry point ${role}.`);
    const response = await fetch(`${entryPoint.url}${path}`, {
      method: call.method ?? "GET",
      headers: { ...call.headers },
      ...(call.body !== undefined && { body: bodyOf(call.body) }),
    });
    const headers = Object.fromEntries(response.headers);
    return { status: response.status, headers, body: parsed(await response.text()) };
  }

  /** A request through the gateway to a real host name, with no more credentials than its headers say. */
  async through(url: string, call: Call = {}): Promise<Answer> {
    const response = Promise.withResolvers<IncomingMessage>();
    const request = httpsRequest(url, {
      method: call.method ?? "GET",
      headers: { ...call.headers },
      agent: this.#agent,
    });
    request.once("response", response.resolve).once("error", response.reject);
    request.end(call.body === undefined ? undefined : bodyOf(call.body));
    const incoming = await response.promise;
    const body = parsed(await text(incoming));
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body };
  }

  /** The same with an access token of an account of the stack (its short name) or of the developer. */
  async as(account: string, url: string, call: Call = {}): Promise<Answer> {
    const { access_token: token } = (await this.#metadata(account, "token")) as {
      access_token: string;
    };
    return this.through(url, {
      ...call,
      headers: { ...call.headers, authorization: `Bearer ${token}` },
    });
  }

  /** An ID token of an account for an audience, as its metadata server hands it out. */
  async idToken(account: string, audience: string): Promise<string> {
    const query = `identity?audience=${encodeURIComponent(audience)}`;
    return (await this.#metadata(account, query)) as string;
  }

  async #metadata(account: string, what: string): Promise<unknown> {
    const host = this.cloud.attachment().metadataHosts[account] ?? "";
    const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/${what}`;
    const response = await fetch(url, { headers: { "Metadata-Flavor": "Google" } });
    return parsed(await response.text());
  }
}

function withEnv(before: Declared, changes: NonNullable<PlatformOptions["env"]>): Declared {
  const services = before.services.map((spec) => ({
    ...spec,
    env: { ...spec.env, ...changes[spec.name] },
  }));
  return { ...before, services };
}

function bodyOf(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
