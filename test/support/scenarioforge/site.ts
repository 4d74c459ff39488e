import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { ScenarioNode } from "../../../functions/messages/scenario-node.ts";
import type { NodeName } from "../../../functions/messages/scenario-names.ts";
import type { Severity } from "../../../functions/runtime/log.ts";
import { timers } from "../../../functions/runtime/timers.ts";
import { cloudRunStores } from "../../../functions/scenarios/adapters/cloud-run-store.ts";
import type { RunStore } from "../../../functions/scenarios/run-store.ts";
import type { Ports } from "../../../functions/scenarioforge-worker/ports.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { ACME_KEY, KEYED, listenerOf } from "../../functions/scenarioforge/api.ts";
import { ServedStorage } from "../../functions/scenarios/served-storage.ts";

export { ACME_KEY };

/** What a person fills in who tries it. */
const DEMO = {
  scope: "country",
  value: "United States",
  company: "ScenarioOps Demo Co",
  geography: "United States",
  horizon: 60,
  mock: true,
};

const UNLIMITED = { RATE_LIMIT_PER_MINUTE: "1000000", ANONYMOUS_LIMIT_PER_MINUTE: "1000000" };
const BEGIN = Date.UTC(2026, 10, 21, 9, 30);
/** What passes between two looks at the clock, each in its turn: in a time that stands still, no work takes any. */
const TICKS_MS = [20, 310, 45, 90, 130, 15, 240, 70, 35, 180, 60];
/** How long an attempt may take; told from all other times by its length. */
const ATTEMPT_SECONDS = 501;
const MAX_DELIVERIES = 200;

/**
 * scenarioforge with its pages at an address of this machine: the run API and the worker in this process, the mock pipeline,
 * and the local Cloud Storage behind Google's own client. Its time goes on by ticks, whatever time it is.
 */
export class Site {
  /** Of the default tenant. */
  readonly store: RunStore;
  /** Lines of the role's log that say what went wrong inside it. */
  readonly errors: string[] = [];
  /** How often attempts of a node are yet to take longer than they may. */
  readonly stuck = new Map<NodeName, number>();
  readonly #storage: ServedStorage;
  readonly #server: http.Server;
  readonly #worker: Ports;
  readonly #queue: ScenarioNode[] = [];
  #time = BEGIN;
  #looks = 0;
  #ids = 0;
  #delivered: NodeName | undefined;

  private constructor(storage: ServedStorage) {
    this.#storage = storage;
    const { bucket } = storage;
    const place = { bucket, prefix: "scenarioforge/runs" };
    const stores = cloudRunStores(place, () => storage.client());
    this.store = stores.of("public");
    const added = new Set<string>();
    const shared = {
      stores,
      now: () => {
        this.#looks += 1;
        return (this.#time += TICKS_MS[this.#looks % TICKS_MS.length] ?? 0);
      },
      random: () => 0.5,
      wait: (seconds: number) => {
        this.#time += seconds * 1000;
        return Promise.resolve();
      },
      newId: () => (this.#ids += 1).toString(16).padStart(32, "0"),
      tasks: {
        addNode: (task: ScenarioNode) => {
          const name = [task.run_id, task.node, task.execution].join();
          if (!added.has(name)) this.#queue.push(task);
          added.add(name);
          return Promise.resolve();
        },
        addSweep: () => Promise.resolve(),
      },
    };
    const nothingOutside = (): Promise<never> =>
      Promise.reject(new Error("There is nothing outside."));
    this.#worker = {
      ...timers,
      ...shared,
      after: (seconds, action) => {
        if (seconds !== ATTEMPT_SECONDS || !this.#isStuck()) return timers.after(seconds, action);
        action();
        return () => undefined;
      },
      post: nothingOutside,
      fetchPage: nothingOutside,
      settings: {
        term: { seconds: 60, renewSeconds: 15 },
        maxAttempts: 3,
        timeoutSeconds: ATTEMPT_SECONDS,
        runLeaseSeconds: 900,
        sealKey: Buffer.alloc(32, 7).toString("base64"),
        key: undefined,
        budget: { requests: 400, tokens: 3_000_000 },
      },
    };
    const variables = { ...KEYED, ...UNLIMITED, GCS_BUCKET: bucket };
    const world = { ...shared, embed: nothingOutside };
    this.#server = http.createServer(listenerOf(variables, (line) => this.#note(line), world));
  }

  static async start(): Promise<Site> {
    const site = new Site(await ServedStorage.start());
    await once(site.#server.listen(0, "127.0.0.1"), "listening");
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the role asked Cloud Storage since it was started. */
  get requests(): readonly string[] {
    return this.#storage.requests;
  }

  /** Throws where anything went wrong inside the role: a page that says so does not say what. */
  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#storage.stop();
    if (this.errors.length > 0) throw new Error(`The role wrote: ${this.errors.join("\n")}`);
  }

  /** Asks the API as a holder of a key. Throws where it refuses. */
  async ask(method: string, path: string, body?: unknown): Promise<void> {
    const response = await fetch(this.url + path, {
      method,
      headers: { "x-api-key": ACME_KEY, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${text}`);
  }

  /** Launches a run as the demo does, or with a difference, and does that many of its tasks. Default: all. */
  async launch(run_id: string, difference: object = {}, tasks = MAX_DELIVERIES): Promise<void> {
    // Whoever asks for the same again is given the run that is there.
    await this.ask("POST", "/build", { ...DEMO, run_id, force: true, ...difference });
    await this.deliver(run_id, tasks);
  }

  /** Does tasks of a run as the queue delivers them; one that is not done comes again. Default: all. */
  async deliver(runId: string, tasks = MAX_DELIVERIES): Promise<void> {
    for (let count = 0; count < tasks; count += 1) {
      const task = this.#queue.find(({ run_id: id }) => id === runId);
      if (task === undefined) return;
      this.#delivered = task.node;
      const outcome = await runNode(task, this.#worker);
      if (outcome.kind === "done") this.#queue.splice(this.#queue.indexOf(task), 1);
    }
  }

  #note(line: string): void {
    const { severity } = JSON.parse(line) as { readonly severity: Severity };
    if (severity === "ERROR") this.errors.push(line);
  }

  #isStuck(): boolean {
    const node = this.#delivered;
    const times = (node && this.stuck.get(node)) ?? 0;
    if (node !== undefined && times > 0) this.stuck.set(node, times - 1);
    return times > 0;
  }
}
