import { refusal } from "../runtime/door/refusal.ts";
import type { Reply } from "../runtime/door/reply.ts";
import type { RunResult } from "./run-bridge.ts";

/** Only this task backs off; the queue goes on. */
const RETRY_STATUS = 502;

/** What Cloud Tasks is told: 2xx ends the task, anything else brings it again. */
export function replyTo(result: RunResult, requestId: string): Reply {
  switch (result.kind) {
    case "conflict":
      return { status: 202, body: { ok: true, message: "Lock held by another consumer" } };
    case "ended": {
      const body = { ok: true, ended_by: result.by, has_successor: result.hasSuccessor };
      return { status: 200, body, note: { ended_by: result.by } };
    }
    case "retry":
      return refusal(result, RETRY_STATUS, requestId);
  }
}
