import { expect } from "chai";
import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { ScenarioNode } from "../../../functions/messages/scenario-node.ts";
import { readEnv } from "../../../functions/runtime/env.ts";
import { timers } from "../../../functions/runtime/timers.ts";
import { build } from "../../../functions/scenarioforge/build.ts";
import { ScenarioforgeEnv } from "../../../functions/scenarioforge/env.ts";
import { settingsOf } from "../../../functions/scenarioforge/settings.ts";
import { ScenarioforgeWorkerEnv } from "../../../functions/scenarioforge-worker/env.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { settingsOf as workerSettingsOf } from "../../../functions/scenarioforge-worker/settings.ts";
import { cloudRunStores } from "../../../functions/scenarios/adapters/cloud-run-store.ts";
import { listArtifacts } from "../../../functions/scenarios/artifacts.ts";
import { BuildRequest } from "../../../functions/scenarios/request.ts";
import { readRun } from "../../../functions/scenarios/runs.ts";
import { BUILD, SCENARIOFORGE_ENV } from "../scenarioforge/api.ts";
import { ServedStorage } from "../scenarios/served-storage.ts";

const PLACE = { bucket: "", prefix: "scenarioforge/runs" };
const CALLER = { tenant: "public", isKnown: true, isAdmin: false, llmKey: undefined };

describe("a mock run, in real time and over Google's client", () => {
  let served: ServedStorage;
  before(async () => {
    served = await ServedStorage.start();
  });
  after(() => served.stop());

  it("writes at most three times as often as it has artifacts, and no object twice within a second", async () => {
    const place = { ...PLACE, bucket: served.bucket };
    const stores = cloudRunStores(place, () => served.client());
    const queue: ScenarioNode[] = [];
    const ports = {
      ...timers,
      stores,
      tasks: {
        addNode: (task: ScenarioNode) => Promise.resolve(void queue.push(task)),
        addSweep: () => Promise.resolve(),
      },
      now: Date.now,
      random: Math.random,
      newId: () => randomUUID().replaceAll("-", ""),
      embed: () => Promise.resolve([]),
      post: () => Promise.reject(new Error("A mock run asks nobody.")),
      fetchPage: () => Promise.reject(new Error("A mock run reads nothing.")),
    };
    const api = { ...ports, settings: settingsOf(readEnv(ScenarioforgeEnv, SCENARIOFORGE_ENV)) };
    const workerEnv = { ...SCENARIOFORGE_ENV, AUDIENCE: SCENARIOFORGE_ENV.WORKER_URL };
    const settings = workerSettingsOf(readEnv(ScenarioforgeWorkerEnv, workerEnv));
    const body = v.parse(BuildRequest, { ...BUILD, generate_strategies: true });

    await build(body, { wait: false }, CALLER, api);
    const runId = queue[0]?.run_id ?? "";
    for (const task of queue) await runNode(task, { ...ports, settings });

    const store = stores.of(CALLER.tenant);
    expect((await readRun(store, runId))?.run.status).to.equal("COMPLETED");
    const artifacts = await listArtifacts(store, runId);
    expect(served.writes.length).to.be.at.most(3 * artifacts.length);
    const names = new Set(served.writes.map(({ name }) => name));
    const hasty = [...names].filter((name) => {
      const times = served.writes.filter((write) => write.name === name).map(({ at }) => at);
      return times.some((at, index) => index > 0 && at - (times[index - 1] ?? 0) < 1_000);
    });
    expect(hasty).to.deep.equal([]);
  });
});
