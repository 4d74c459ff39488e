/** The run API with its worker and its bucket in memory, as the check asks it. */
import { serviceAt } from "../../../../infra/systems/scenarioforge/verify/service.ts";
import { Report } from "../../../../infra/systems/scenarioforge/verify/report.ts";
import type { KeyedScene } from "../../../../infra/systems/scenarioforge/verify/scene.ts";
import { runNode } from "../../../../functions/scenarioforge-worker/run-node.ts";
import type { Ports } from "../../../../functions/scenarioforge-worker/ports.ts";
import { NOTHING } from "../../../../functions/scenarios/run-store.ts";
import { ACME_KEY, Api, SCENARIOFORGE_ENV } from "../../../functions/scenarioforge/api.ts";

export class VerifiedService {
  readonly lines: string[] = [];
  readonly report = new Report((line) => this.lines.push(line), [ACME_KEY]);
  readonly scene: KeyedScene;
  readonly api: Api;

  private constructor(api: Api) {
    this.api = api;
    this.scene = {
      ask: serviceAt(api.url),
      keyed: serviceAt(api.url, ACME_KEY),
      key: ACME_KEY,
      bucket: {
        location: `gs://${SCENARIOFORGE_ENV.GCS_BUCKET}/scenarioforge/runs`,
        create: async (path, text, contentType) => {
          await api.store.put(path, { bytes: Buffer.from(text), contentType }, NOTHING);
        },
        read: async (path) => (await api.store.get(path))?.bytes.toString(),
      },
      report: this.report,
      now: api.now,
      wait: async (seconds) => {
        await api.wait(seconds);
        await this.#work();
      },
    };
  }

  static async start(): Promise<VerifiedService> {
    return new VerifiedService(await Api.start());
  }

  stop(): void {
    this.api.stop();
  }

  /** Rules of the checks that found something wrong. */
  get wrong(): string[] {
    return this.lines.filter((line) => line.startsWith("WRONG"));
  }

  /** Runs every node that waits, and those that follow. */
  async #work(): Promise<void> {
    for (;;) {
      const task = this.api.nodes.shift();
      if (task === undefined) return;
      await runNode(task, this.#worker());
    }
  }

  #worker(): Ports {
    const { api } = this;
    const never = (): Promise<never> => Promise.reject(new Error("A mock run asks nobody."));
    return {
      stores: api.stores,
      tasks: { addNode: (task) => Promise.resolve(void api.nodes.push(task)) },
      now: api.now,
      wait: api.wait,
      random: api.random,
      every: () => () => undefined,
      after: () => () => undefined,
      newId: () => "worker",
      post: never,
      fetchPage: never,
      settings: {
        term: { seconds: 60, renewSeconds: 15 },
        maxAttempts: 3,
        timeoutSeconds: 500,
        runLeaseSeconds: 900,
        sealKey: SCENARIOFORGE_ENV.SEAL_KEY,
        key: undefined,
        budget: { requests: 0, tokens: 0 },
      },
    };
  }
}
