// POST /runs/{run_id}/cancel: a run that is under way ends now, as one that failed, with all that it has made. The original
// has nothing like it (contract, 9.26). A node that is being worked on comes to its end; no other begins. Like every run
// that failed, it can be resumed at a node. Deleting is another matter: it hides a run, and lets it go on.
import type { Reply } from "../runtime/door/reply.ts";
import { readEvents } from "../scenarios/events.ts";
import { finishRun } from "../scenarios/finish.ts";
import { readOnly } from "./build.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { seenBy } from "./reads.ts";
import { runNotFound } from "./refusals.ts";

/** What run.json says of one. */
export const CANCELLED = "Cancelled by a caller.";

/** A second time is as good as the first; 409 for a run that ended otherwise. */
export async function cancelRun(caller: Caller, runId: string, ports: Ports): Promise<Reply> {
  const { store, run } = await seenBy(caller, runId, ports);
  const events = await readEvents(store, runId, run.is_final);
  const ending = { status: "FAILED", events, error: CANCELLED } as const;
  const ended = await finishRun(store, runId, run.execution, ending, ports);
  if (ended === undefined) throw runNotFound();
  if (ended.error !== CANCELLED) throw readOnly();
  return { status: 200, body: { run_id: runId, cancelled: true } };
}
