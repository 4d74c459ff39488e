/** A service on one of the fixture folders, and what a test needs to watch it. */
import { fileURLToPath } from "node:url";
import { Service, type ServiceOptions } from "../../../local/host/service.ts";
import { bodyOf, type LocalRequest } from "../../../local/http/message.ts";
import type { LogEntry } from "../../../local/log.ts";
import type { ServiceSpec } from "../../../local/host/spec.ts";

export const URL_OF_SERVICE = "https://everything-123.us-central1.run.app";

export function specOf(fixture: string, changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name: fixture,
    role: "sample",
    region: "us-central1",
    url: URL_OF_SERVICE,
    serviceAccount: "sample@demo.iam.gserviceaccount.com",
    folder: fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url)),
    source: `sources/${fixture}.zip`,
    start: { entryPoint: "everything" },
    env: {},
    secretEnv: {},
    labels: {},
    timeoutSeconds: 60,
    concurrency: 80,
    maxInstances: 100,
    memory: "512Mi",
    cpu: "1",
    ...changes,
  };
}

/** A service that is stopped by `stop`, its log, and a way to wait for a line of it. */
export class Hosted {
  readonly service: Service;
  readonly log: LogEntry[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(spec: ServiceSpec, options: Partial<ServiceOptions> = {}) {
    this.service = new Service(spec, {
      log: (entry) => {
        this.log.push(entry);
        for (const look of this.#watchers) look();
      },
      environment: () => ({ PATH: process.env.PATH }),
      mount: () => Promise.resolve({ placed: (text) => text, end: () => Promise.resolve() }),
      ...options,
    });
  }

  async get(path: string, request: Partial<LocalRequest> = {}): Promise<[number, string]> {
    const response = await this.service.handle({
      method: "GET",
      url: new URL(path, URL_OF_SERVICE),
      headers: [],
      body: Buffer.alloc(0),
      ...request,
    });
    return [response.status, (await bodyOf(response)).toString()];
  }

  /** Resolves when the log has this many entries whose message contains the text. */
  logged(text: string, times = 1): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.messages().filter((message) => message.includes(text)).length < times) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  messages(): string[] {
    return this.log.map(({ message }) => message);
  }

  errors(): string[] {
    return this.log
      .filter(({ severity }) => severity === "ERROR")
      .map(({ source, message }) => `${source}: ${message}`);
  }

  stop(): Promise<void> {
    return this.service.stop(0);
  }
}
