import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { ScenarioNode, ScenarioSweep } from "../../../functions/messages/scenario-node.ts";
import { readEnv } from "../../../functions/runtime/env.ts";
import { createListener } from "../../../functions/runtime/door/http-handler.ts";
import { ScenarioforgeEnv } from "../../../functions/scenarioforge/env.ts";
import { callersOf } from "../../../functions/scenarioforge/keys.ts";
import type { Embed, Ports } from "../../../functions/scenarioforge/ports.ts";
import { rateLimit } from "../../../functions/scenarioforge/rate-limit.ts";
import { detailOf } from "../../../functions/scenarioforge/refusals.ts";
import { routes } from "../../../functions/scenarioforge/routes.ts";
import { settingsOf } from "../../../functions/scenarioforge/settings.ts";
import { World } from "../scenarios/world.ts";

export const ACME_KEY = "acme-key-0123456789abcdef";
export const OTHER_KEY = "other-key-0123456789abcdef";
export const ADMIN_KEY = "admin-key-0123456789abcdef";

export const SCENARIOFORGE_ENV = {
  GOOGLE_CLOUD_PROJECT: "p",
  GCS_BUCKET: "p-scenarioforge",
  SEAL_KEY: "a-seal-key-of-more-than-32-characters",
  TASKS_REGION: "us-central1",
  QUEUE: "scenario-nodes",
  WORKER_URL: "https://scenarioforge-worker-1.us-central1.run.app",
  CALLER_SA: "scenarioforge-tasks@p.iam.gserviceaccount.com",
};

/** With keys of two tenants: `public`, and `other`. */
export const KEYED = {
  SCENARIOOPS_DEFAULT_API_KEY: ACME_KEY,
  SCENARIOOPS_ADMIN_KEYS: ADMIN_KEY,
  SCENARIOOPS_API_KEYS: JSON.stringify([{ key: OTHER_KEY, tenant: "other" }]),
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined where the answer is no JSON object. */
  readonly body: Record<string, unknown>;
}

export interface Asked {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text and forms as they are. */
  readonly body?: unknown;
}

/** What answers requests, as the role's entry makes it. `variables`: what differs from an environment without keys. */
export function listenerOf(
  variables: Readonly<Record<string, string>>,
  write: (line: string) => void,
  world: Omit<Ports, "settings">,
): http.RequestListener {
  const env = readEnv(ScenarioforgeEnv, { ...SCENARIOFORGE_ENV, ...variables });
  const ports = { ...world, settings: settingsOf(env) };
  return createListener({
    role: "scenarioforge",
    beside: detailOf,
    write,
    routes: routes(ports, {
      callerOf: callersOf(env),
      limitTenant: rateLimit(env.RATE_LIMIT_PER_MINUTE, world.now),
      limitAddress: rateLimit(env.ANONYMOUS_LIMIT_PER_MINUTE, world.now),
      hasServerKey: env.GEMINI_API_KEY !== "",
      isOpen: variables.SCENARIOOPS_DEFAULT_API_KEY === undefined,
    }),
  });
}

/** The run API on a port, its bucket and its queue in memory, its clock moved by whoever waits. */
export class Api extends World {
  readonly nodes: ScenarioNode[] = [];
  readonly sweeps: (readonly [ScenarioSweep, number])[] = [];
  readonly lines: string[] = [];
  /** Whether the queue takes tasks. */
  hasQueue = true;
  /** What Gemini would answer. */
  embed: Embed = () => Promise.reject(new Error("No model answers here."));
  /** What happens while somebody waits. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  readonly #server: http.Server;
  #ids = 0;
  url = "";

  constructor(variables: Readonly<Record<string, string>>) {
    super();
    const listener = listenerOf(variables, (line) => void this.lines.push(line), {
      stores: this.stores,
      tasks: {
        addNode: (task) =>
          this.hasQueue
            ? Promise.resolve(void this.nodes.push(task))
            : Promise.reject(new Error("There is no queue.")),
        addSweep: (task, window) => Promise.resolve(void this.sweeps.push([task, window])),
      },
      now: this.now,
      random: this.random,
      wait: async (seconds) => {
        await this.wait(seconds);
        await this.meanwhile();
      },
      newId: () =>
        String((this.#ids += 1))
          .padStart(32, "0")
          .split("")
          .reverse()
          .join(""),
      embed: (...asked) => this.embed(...asked),
    });
    this.#server = http.createServer(listener);
  }

  static async start(variables: Readonly<Record<string, string>> = KEYED): Promise<Api> {
    const api = new Api({
      RATE_LIMIT_PER_MINUTE: "1000000",
      ANONYMOUS_LIMIT_PER_MINUTE: "1000000",
      ...variables,
    });
    await once(api.#server.listen(0, "127.0.0.1"), "listening");
    api.url = `http://127.0.0.1:${(api.#server.address() as AddressInfo).port}`;
    return api;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async ask(
    method: string,
    path: string,
    { key, headers = {}, body }: Asked = {},
  ): Promise<Answer> {
    const isPlain = body === undefined || typeof body === "string" || body instanceof FormData;
    const isForm = body instanceof FormData;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        accept: "application/json",
        ...(body !== undefined && !isForm && { "content-type": "application/json" }),
        ...(key !== undefined && { "x-api-key": key }),
        ...headers,
      },
      ...(body !== undefined && { body: isPlain ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: objectIn(text) };
  }

  get(path: string, key?: string): Promise<Answer> {
    return this.ask("GET", path, key === undefined ? {} : { key });
  }

  post(path: string, body: unknown, key: string = ACME_KEY): Promise<Answer> {
    return this.ask("POST", path, { key, body });
  }
}

/** The payload of the original's verify script. */
export const BUILD = {
  scope: "country",
  value: "United States",
  company: "ScenarioOps Demo Co",
  geography: "United States",
  horizon: 60,
  mock: true,
  generate_strategies: false,
} as const;

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
