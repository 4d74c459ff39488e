/** The line that every push leaves in the log. */
import type { LogEntry, Severity } from "../../../log.ts";
import type { Entry, Outcome } from "../backlog.ts";
import { shortId } from "../fields.ts";
import type { PushSettings } from "../subscriptions/push-settings.ts";
import type { Subscription } from "../topics/topics.ts";
import type { Answer } from "./push-request.ts";

const SEVERITY: Readonly<Record<Outcome["kind"], Severity>> = {
  acked: "INFO",
  retry: "WARNING",
  "dead-lettered": "ERROR",
  gone: "INFO",
};

/** `plan-runner/17 attempt 2: 503, next try in 20 s` */
export function pushLine(
  { name }: Subscription,
  settings: PushSettings,
  { message }: Entry,
  attempt: number,
  answer: Answer,
  outcome: Outcome,
): LogEntry {
  const subscription = shortId(name);
  const said = `${subscription}/${message.id} attempt ${attempt}: ${described(settings, answer)}`;
  return {
    source: "pubsub",
    severity: SEVERITY[outcome.kind],
    message: `${said}, ${ending(outcome)}`,
    fields: {
      subscription,
      message_id: message.id,
      attempt,
      ...(answer.answered && { status: answer.status }),
      ...(outcome.kind === "retry" && { next_try_s: outcome.inMs / 1000 }),
    },
  };
}

function described({ endpoint, oidcToken }: PushSettings, answer: Answer): string {
  if (!answer.answered) return `no answer (${answer.reason})`;
  const { status, why } = answer;
  if (status !== 401 && status !== 403) return String(status);
  const caller = oidcToken?.email ?? "a caller without a token";
  const reason = why === undefined ? "" : `: ${why}`;
  return `${status}, ${new URL(endpoint).host} refused ${caller}${reason}`;
}

function ending(outcome: Outcome): string {
  switch (outcome.kind) {
    case "acked":
      return "done";
    case "retry":
      return `next try in ${outcome.inMs / 1000} s`;
    case "dead-lettered":
      return "gave up and forwarded it to the dead-letter topic";
    case "gone":
      return "but the subscription is gone";
  }
}
