// POST /runs/{run_id}/clone: the same once more, with its sources and documents, as a new run (contract, 9.29). And
// POST /runs/{run_id}/resume: the same run from one of its nodes on, with its own parameters (contract, 9.31).
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

export const ResumeRequest = v.object({
  /** A node's name. */
  resume_from: v.pipe(v.string("must be a string"), v.maxLength(100)),
});

export async function clone(runId: string, caller: Caller, ports: Ports): Promise<Reply> {
  const body = await requestOf(runId, caller, ports);
  return build({ ...body, force: true }, { wait: false }, caller, ports);
}

export async function resume(
  { resume_from }: v.InferOutput<typeof ResumeRequest>,
  runId: string,
  caller: Caller,
  ports: Ports,
): Promise<Reply> {
  const body = await requestOf(runId, caller, ports);
  return build({ ...body, run_id: runId, resume_from }, { wait: false }, caller, ports);
}

/** What a run was launched by. */
async function requestOf(runId: string, caller: Caller, ports: Ports): Promise<BuildRequest> {
  const store = ports.stores.of(caller.tenant);
  const run = await readRun(store, runId);
  const request = v.safeParse(PipelineRequest, await readJson(store, requestPath(runId)));
  const config = await readRunConfig(store, runId);
  const settings = v.safeParse(Settings, isRecord(config) ? config.settings : undefined);
  if (run === undefined || run.run.is_deleted || !request.success || !settings.success) {
    throw refused(404, "not_found", "Run config not found.");
  }
  const { input_docs: documents, ...params } = request.output;
  return v.parse(BuildRequest, {
    ...params,
    input_docs: documents.map(({ id }) => id),
    mock: settings.output.mode === "demo",
    settings_overrides: settings.output,
  });
}
