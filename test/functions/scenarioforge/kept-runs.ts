/** Runs as a worker leaves them in an API's bucket. */
import { writeArtifact } from "../../../functions/scenarios/artifacts.ts";
import { addEvent } from "../../../functions/scenarios/events.ts";
import { finishRun } from "../../../functions/scenarios/finish.ts";
import { timestamp } from "../../../functions/scenarios/json.ts";
import type { NodeEvent } from "../../../functions/scenarios/run.ts";
import { launched } from "../scenarios/world.ts";
import type { Api } from "./api.ts";

export const PIXEL = Buffer.from("89504e470d0a1a0a", "hex");

/** The paths below which a run is read. */
export const PATHS_OF_R1 = [
  "/runs/r1",
  "/artifact/r1/view_model.json",
  "/artifact/r1/scenario_charter.json",
  "/artifact/r1/image/scenario_S1.png",
  "/run/r1/node_events",
  "/run/r1/normalization",
  "/run/r1/logs/node_events",
  "/run/r1/logs/node_events.jsonl",
  "/action-console/r1",
];

/** A run whose charter failed and then succeeded. */
export async function running(api: Api, runId = "r1"): Promise<void> {
  const event = (status: NodeEvent["status"], attempt: number, error?: string): NodeEvent => ({
    timestamp: timestamp((api.time += 1)),
    node: "charter",
    status,
    attempt,
    inputs: [],
    outputs: [],
    tools: [],
    schema_validated: status === "OK",
    duration_seconds: 0,
    ...(error !== undefined && { error }),
  });
  await launched(api, runId);
  await addEvent(api.store, runId, event("RUNNING", 1));
  await addEvent(api.store, runId, event("FAIL", 1, "no"));
  await addEvent(api.store, runId, event("RUNNING", 2));
  await addEvent(api.store, runId, event("OK", 2));
  await writeArtifact(api.store, runId, "scenario_charter", { title: "A" }, {}, api);
  api.stores.plant(`public/${runId}/artifacts/notes.md`, "# Notes", "text/markdown");
  api.stores.objects.set(`public/${runId}/artifacts/images/scenario_S1.png`, {
    bytes: PIXEL,
    contentType: "image/png",
    generation: "999",
  });
}

export async function completed(api: Api, runId = "r1"): Promise<void> {
  await running(api, runId);
  await finishRun(api.store, runId, 1, { status: "COMPLETED", events: [] }, api);
}
