/** Lists runs over HTTP: by the run API, and by reading every run as the original does. */
import { Storage } from "@google-cloud/storage";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readEnv } from "../../../functions/runtime/env.ts";
import { createListener } from "../../../functions/runtime/door/http-handler.ts";
import { ScenarioforgeEnv } from "../../../functions/scenarioforge/env.ts";
import { callersOf } from "../../../functions/scenarioforge/keys.ts";
import { routes } from "../../../functions/scenarioforge/routes.ts";
import { settingsOf } from "../../../functions/scenarioforge/settings.ts";
import { cloudRunStores } from "../../../functions/scenarios/adapters/cloud-run-store.ts";
import { everything } from "../../../functions/scenarios/lists.ts";
import { readRun } from "../../../functions/scenarios/runs.ts";
import type { RunStore, RunStores } from "../../../functions/scenarios/run-store.ts";
import { SCENARIOFORGE_ENV } from "../../functions/scenarioforge/api.ts";
import { answering } from "./answering.ts";
import type { RunStorageAnswer } from "./run-storage.ts";

export interface ListQuestion extends RunStorageAnswer {
  readonly prefix: string;
  readonly tenant: string;
  /** `page`: GET /runs; `each`: one read a run. */
  readonly how: "page" | "each";
  readonly times: number;
}

export interface ListAnswer {
  /** Of each time. */
  readonly millis: readonly number[];
  /** Requests to Cloud Storage of one time. */
  readonly requests: number;
  readonly runs: number;
}

answering(async (question: ListQuestion): Promise<ListAnswer> => {
  const { apiEndpoint, bucket, prefix, tenant, how, times } = question;
  const client = new Storage({ apiEndpoint, projectId: "p", retryOptions: { autoRetry: false } });
  const counted = counting(cloudRunStores({ bucket, prefix }, () => Promise.resolve(client)));
  const api = await started(counted.stores, tenant);
  const list = how === "page" ? api.page : () => each(counted.stores.of(tenant));
  const millis: number[] = [];
  let runs = 0;
  let requests = 0;
  for (let time = 0; time < times; time += 1) {
    const before = counted.requests();
    const began = performance.now();
    runs = await list();
    millis.push(performance.now() - began);
    requests = counted.requests() - before;
  }
  api.stop();
  return { millis, requests, runs };
});

/** All names of the tenant's folder, then one run.json after the other. */
async function each(store: RunStore): Promise<number> {
  const objects = await everything(store, { prefix: "" });
  const runs = objects.filter(({ path }) => /^[^/_][^/]*\/run\.json$/.test(path));
  const labels: unknown[] = [];
  for (const { path } of runs) {
    const read = await readRun(store, path.slice(0, path.indexOf("/")));
    if (read?.run.is_deleted === false) labels.push(read.run.label);
  }
  return labels.length;
}

async function started(stores: RunStores, tenant: string) {
  const key = "a-key-of-the-measurement";
  const env = readEnv(ScenarioforgeEnv, {
    ...SCENARIOFORGE_ENV,
    SCENARIOOPS_API_KEYS: JSON.stringify([{ key, tenant }]),
  });
  const unlimited = (): void => undefined;
  const ports = {
    stores,
    tasks: { addNode: () => Promise.resolve(), addSweep: () => Promise.resolve() },
    now: Date.now,
    random: Math.random,
    wait: () => Promise.resolve(),
    newId: () => "0".repeat(32),
    embed: () => Promise.resolve([]),
    settings: settingsOf(env),
  };
  const gates = {
    callerOf: callersOf(env),
    limitTenant: unlimited,
    limitAddress: unlimited,
    hasServerKey: false,
    isOpen: false,
  };
  const server = createServer(
    createListener({ role: "scenarioforge", write: unlimited, routes: routes(ports, gates) }),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/runs`;
  return {
    page: async () => {
      const response = await fetch(url, { headers: { "x-api-key": key } });
      const { runs } = (await response.json()) as { runs: readonly string[] };
      return runs.length;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function counting(stores: RunStores) {
  let requests = 0;
  const counted = <Answer>(answer: Answer): Answer => {
    requests += 1;
    return answer;
  };
  const of = (tenant: string): RunStore => {
    const store = stores.of(tenant);
    return {
      tenant,
      get: (...asked) => counted(store.get(...asked)),
      put: (...asked) => counted(store.put(...asked)),
      remove: (...asked) => counted(store.remove(...asked)),
      list: (...asked) => counted(store.list(...asked)),
    };
  };
  return { stores: { of }, requests: () => requests };
}
