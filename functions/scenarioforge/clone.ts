// POST /runs/{run_id}/clone: the same once more, with its sources and documents, as a new run (contract, 9.29).
import * as v from "valibot";
import type { Reply } from "../runtime/door/reply.ts";
import { isRecord } from "../scenarios/json.ts";
import { requestPath } from "../scenarios/paths.ts";
import { BuildRequest, PipelineRequest, Settings } from "../scenarios/request.ts";
import { readRun } from "../scenarios/runs.ts";
import { readJson, readRunConfig } from "../scenarios/view-model.ts";
import { build } from "./build.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { refused } from "./refusals.ts";

export async function clone(runId: string, caller: Caller, ports: Ports): Promise<Reply> {
  const store = ports.stores.of(caller.tenant);
  const run = await readRun(store, runId);
  const request = v.safeParse(PipelineRequest, await readJson(store, requestPath(runId)));
  const config = await readRunConfig(store, runId);
  const settings = v.safeParse(Settings, isRecord(config) ? config.settings : undefined);
  if (run === undefined || run.run.is_deleted || !request.success || !settings.success) {
    throw refused(404, "not_found", "Run config not found.");
  }
  const { input_docs: documents, ...params } = request.output;
  const body = v.parse(BuildRequest, {
    ...params,
    input_docs: documents.map(({ id }) => id),
    mock: settings.output.mode === "demo",
    settings_overrides: settings.output,
    force: true,
  });
  return build(body, { wait: false }, caller, ports);
}
