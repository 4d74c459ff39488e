// POST /strategies and POST /daily: what the pipeline before this one did to a run that was not final. Every run here either
// runs or is final, so there is none to do it to (contract, 1.10).
import * as v from "valibot";
import { RunId } from "../messages/scenario-names.ts";
import type { Reply } from "../runtime/door/reply.ts";
import { readOnly } from "./build.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { latestRun, seenBy } from "./reads.ts";
import { coded, refused } from "./refusals.ts";

export const OlderRequest = v.object({ run_id: v.nullish(RunId) });

export async function refuseOlder(
  { run_id: runId }: v.InferOutput<typeof OlderRequest>,
  caller: Caller,
  ports: Ports,
): Promise<Reply> {
  const seen =
    runId === null || runId === undefined
      ? await latestRun(caller, ports)
      : await seenBy(caller, runId, ports);
  if (seen === undefined) throw refused(404, "not_found", "No runs available.");
  if (seen.run.is_final) throw readOnly();
  throw coded(409, "RUN_IN_PROGRESS", "Run is in progress.");
}
