import type { ScenarioNode } from "../../../functions/messages/scenario-node.ts";
import type { Outcome } from "../../../functions/runtime/outcome.ts";
import { jsonContent } from "../../../functions/scenarios/runs.ts";
import { newRun } from "../../../functions/scenarios/patches.ts";
import { settingsOf } from "../../../functions/scenarios/request.ts";
import type { PipelineRequest, SomeSettings } from "../../../functions/scenarios/request.ts";
import { NOTHING } from "../../../functions/scenarios/run-store.ts";
import type { RunStore, RunStores } from "../../../functions/scenarios/run-store.ts";
import type { Run } from "../../../functions/scenarios/run.ts";
import type { Ports, WorkerSettings } from "../../../functions/scenarioforge-worker/ports.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { RunStoresInMemory } from "../../support/run-store-in-memory.ts";
import { VirtualTime } from "../../support/virtual-time.ts";
import { ScriptedGemini } from "../scenarios/gemini/scripted-gemini.ts";

export const TENANT = "public";
export const RUN = "20261121021712-abcd";

const SETTINGS: WorkerSettings = {
  term: { seconds: 60, renewSeconds: 15 },
  maxAttempts: 3,
  timeoutSeconds: 500,
  runLeaseSeconds: 900,
  sealKey: Buffer.alloc(32, 7).toString("base64"),
  key: undefined,
  budget: { requests: 400, tokens: 3_000_000 },
};

const REQUEST: PipelineRequest = {
  scope: "country",
  value: "United States",
  horizon: 60,
  company: "ScenarioOps Demo Co",
  geography: "United States",
  pack: null,
  generate_strategies: true,
  sources: [],
  input_docs: [],
};

/** What a process that was killed does not go on with. */
export class Killed extends Error {}

/** A bucket, a queue and a clock, and workers that take tasks from one and write into the other. */
export class WorkerByHand {
  readonly stores = new RunStoresInMemory();
  readonly time = new VirtualTime(Date.parse("2026-11-21T02:17:12.000Z"));
  /** Tasks that are to be delivered. */
  readonly queue: ScenarioNode[] = [];
  /** Every task ever added, by its name. */
  readonly #added = new Set<string>();
  readonly outcomes: Outcome[] = [];
  gemini = new ScriptedGemini();
  settings = SETTINGS;
  fetchPage: Ports["fetchPage"] = () => Promise.reject(new Error("No page."));
  #ids = 0;

  get store(): RunStore {
    return this.stores.of(TENANT);
  }

  /** As the run API launches one: a mock run where nothing else is said. */
  async launch(
    request: Partial<PipelineRequest> = {},
    overrides: SomeSettings = {},
    mock = true,
  ): Promise<void> {
    const models = { model: "gemini-3.6-flash", embedModel: "gemini-embedding-001" };
    const settings = settingsOf({ mock, settings_overrides: overrides }, {}, models);
    const run = newRun(
      {
        runId: RUN,
        signature: "a".repeat(64),
        payload: {},
        label: "ScenarioOps Demo Co | SP60 | United States",
        leaseSeconds: 900,
      },
      this.time.now,
    );
    await this.store.put(`${RUN}/run.json`, jsonContent(run), NOTHING);
    const whole = { ...REQUEST, ...request };
    await this.store.put(`${RUN}/request.json`, jsonContent(whole), NOTHING);
    await this.store.put(`${RUN}/run_config.json`, jsonContent({ settings }), NOTHING);
    this.queue.push({ tenant: TENANT, run_id: RUN, node: "charter", execution: 1 });
  }

  /** A worker's ports. Once `isAlive` says no, nothing that it asks for is answered any more. */
  ports(stores: RunStores = this.stores, isAlive: () => boolean = () => true): Ports {
    const timers = this.time.timers(isAlive);
    return {
      ...timers,
      stores,
      tasks: {
        addNode: (task) => {
          if (!isAlive()) return new Promise(() => undefined);
          const name = JSON.stringify([task.tenant, task.run_id, task.node, task.execution]);
          if (!this.#added.has(name)) this.queue.push(task);
          this.#added.add(name);
          return Promise.resolve();
        },
      },
      now: () => this.time.now,
      newId: () => `id-${++this.#ids}`,
      random: () => 0.5,
      post: this.gemini.post,
      fetchPage: this.fetchPage,
      settings: this.settings,
    };
  }

  /** Delivers what is in the queue, and what comes of it, as Cloud Tasks does: what is not done comes again later. */
  async drain(maxDeliveries = 100): Promise<void> {
    for (let count = 0; count < maxDeliveries; count += 1) {
      const task = this.queue.shift();
      if (task === undefined) return;
      const outcome = await this.time.until(runNode(task, this.ports()));
      this.outcomes.push(outcome);
      await this.time.until(this.time.pass(100));
      if (outcome.kind !== "done") this.queue.unshift(task);
    }
    throw new Error("The queue does not become empty.");
  }

  get run(): Run {
    return this.stores.json(`${TENANT}/${RUN}/run.json`) as Run;
  }

  json(path: string): unknown {
    return this.stores.json(`${TENANT}/${RUN}/${path}`);
  }

  /** Its artifacts as they stand in the bucket. */
  get artifacts(): Record<string, string> {
    const folder = `${TENANT}/${RUN}/artifacts/`;
    return Object.fromEntries(
      this.stores
        .names(folder)
        .map((name) => [
          name.slice(folder.length),
          this.stores.objects.get(name)?.bytes.toString() ?? "",
        ]),
    );
  }

  /** `charter RUNNING 1`, … */
  get events(): string[] {
    const lines = this.stores.objects.get(`${TENANT}/${RUN}/events.jsonl`)?.bytes.toString() ?? "";
    return lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const { node, status, attempt } = JSON.parse(line) as Record<string, unknown>;
        return [node, status, attempt].map(String).join(" ");
      });
  }
}
