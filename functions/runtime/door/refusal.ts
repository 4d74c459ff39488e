import { envelope } from "../errors.ts";
import type { Reply } from "./reply.ts";
import type { Outcome } from "../outcome.ts";

const TOO_MANY_REQUESTS = 429;

/** The answer to a delivery that is to come again. `retryStatus` lets whoever delivers back off as it should. */
export function refusal(
  outcome: Exclude<Outcome, { kind: "done" }>,
  retryStatus: number,
  requestId: string,
): Reply {
  const { kind, reason } = outcome;
  const code = kind === "retry" ? "retry" : "slow_down";
  return {
    status: kind === "retry" ? retryStatus : TOO_MANY_REQUESTS,
    body: envelope({ code, message: reason }, requestId),
    severity: "WARNING",
    reason,
    note: { outcome: code },
    ...(kind === "slowDown" && { headers: { "retry-after": String(outcome.afterSeconds) } }),
  };
}
