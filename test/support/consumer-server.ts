import { once } from "node:events";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { sessionRoutes } from "../../functions/consumer/adapters/session-route.ts";
import { workFolders } from "../../functions/consumer/adapters/work-folders.ts";
import { ConsumerEnv } from "../../functions/consumer/env.ts";
import type { ConsumerVariables } from "../../functions/consumer/env.ts";
import { settingsOf } from "../../functions/consumer/settings.ts";
import { readEnv } from "../../functions/runtime/env.ts";
import { send } from "../../functions/runtime/http-client.ts";
import { createListener } from "../../functions/runtime/door/http-handler.ts";
import { timers } from "../../functions/runtime/timers.ts";

export const CONTEXT = {
  "x-user-id": "u1",
  "x-project-id": "p1",
  "x-workspace-id": "w1",
  "x-session-id": "s1",
};

/** The consumer's routes on a port of loopback, with work folders of their own. */
export class ConsumerServer {
  readonly url: string;
  /** Folder of all work folders. */
  readonly root: string;
  readonly logged: Record<string, unknown>[];
  readonly stopping: AbortController;
  readonly #server: http.Server;

  private constructor(
    server: http.Server,
    root: string,
    logged: Record<string, unknown>[],
    stopping: AbortController,
  ) {
    this.#server = server;
    this.root = root;
    this.logged = logged;
    this.stopping = stopping;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(variables: ConsumerVariables = {}): Promise<ConsumerServer> {
    const root = await realpath(await mkdtemp(path.join(tmpdir(), "switchyard-consumer-test-")));
    const env = readEnv(ConsumerEnv, { WORK_ROOT_BASE: root, ...variables });
    const stopping = new AbortController();
    const logged: Record<string, unknown>[] = [];
    const listener = createListener({
      role: "consumer",
      routes: sessionRoutes(
        { secret: env.SERVICE_AUTH_TOKEN },
        {
          send,
          openFolder: workFolders(env.WORK_ROOT, env.WORK_PREFIX_TEMPLATE),
          now: Date.now,
          ...timers,
          stopping: stopping.signal,
          settings: settingsOf(env),
        },
      ),
      write: (line) => logged.push(JSON.parse(line) as Record<string, unknown>),
    });
    const server = http.createServer({ requestTimeout: 0 }, listener);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ConsumerServer(server, root, logged, stopping);
  }

  /** The work folder of the usual context. */
  get folder(): string {
    return path.join(this.root, "u1/p1/w1/s1");
  }

  /** The lines of the response to a finite body, without pings and `ready`. */
  async ask(...events: readonly unknown[]): Promise<unknown[]> {
    const body = events.map((event) => (typeof event === "string" ? event : JSON.stringify(event)));
    const response = await fetch(`${this.url}/sessions/stream`, {
      method: "POST",
      headers: CONTEXT,
      body: body.join("\n"),
    });
    const lines = (await response.text()).trimEnd().split("\n");
    return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as unknown);
  }

  /** Calls one tool; what it answers besides the id. */
  async call(name: string, args: unknown): Promise<unknown> {
    const [answer] = await this.ask({
      id: "e1",
      tool_call: { function: { name, arguments: args } },
    });
    const { id, ...rest } = answer as { id: string };
    if (id !== "e1") throw new Error(`The answer is to ${id}.`);
    return rest;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    await rm(this.root, { recursive: true, force: true });
  }
}
