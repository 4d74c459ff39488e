import type { PlanRequest } from "../messages/plan-request.ts";
import { done, retry } from "../runtime/outcome.ts";
import type { Outcome } from "../runtime/outcome.ts";
import type { PushContext } from "../runtime/door/push-handler.ts";
import type { Ports } from "./ports.ts";

/** Sees to it that a plan which was tried in vain ends with a word on its pull request. */
export async function giveUp(
  request: PlanRequest,
  { log, delivery }: Pick<PushContext, "log" | "delivery">,
  ports: Ports,
): Promise<Outcome> {
  const { repo, pull_request, work } = request;
  const which = { repo: repo.full_name, pr: pull_request.number, plan_id: work.plan_id };
  if (await ports.hasResult(request)) return done({ ...which, gave_up: false });
  const answer = await ports.giveUp(request, attemptsOf(delivery.attributes));
  switch (answer.kind) {
    case "done":
      return done({ ...which, gave_up: answer.posted });
    case "refused":
      // It would be refused the next time too, and a message that nobody takes must not come for days.
      log("ERROR", `The runner refused to give up (${answer.status}): ${answer.message}`, which);
      return done({ ...which, gave_up: false });
    case "unavailable":
      return retry(`The runner did not answer: ${answer.message}`);
  }
}

/** Pub/Sub counts, as long as nobody else writes the attribute (cloud.google.com/pubsub/docs/handling-failures). */
function attemptsOf(attributes: Readonly<Record<string, string>>): number | undefined {
  const count = Number(attributes.CloudPubSubDeadLetterSourceDeliveryCount);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

/** Longest text of an unreadable message that goes to the log. */
const MAX_LOGGED_CHARACTERS = 4_000;

/**
 * Leaves a message that can never be handled to a person: the line in the log holds its id, what is wrong with it and what
 * it says, but no token.
 */
export function leaveToPerson(
  reason: string,
  decoded: unknown,
  { log, delivery }: Pick<PushContext, "log" | "delivery">,
): Promise<Outcome> {
  log("ERROR", `A dead letter cannot be read, and is dropped: ${reason}`, {
    message_id: delivery.messageId,
    published_at: delivery.publishedAt?.toISOString(),
    attributes: delivery.attributes,
    content: textOf(decoded),
  });
  return Promise.resolve(done());
}

/** Undefined where nothing could be decoded. */
function textOf(decoded: unknown): string | undefined {
  if (decoded === undefined) return undefined;
  try {
    return JSON.stringify(decoded, withoutSecrets).slice(0, MAX_LOGGED_CHARACTERS);
  } catch {
    return "It is nested too deep to be shown.";
  }
}

/** Senders of old put an installation token into their messages. */
function withoutSecrets(key: string, value: unknown): unknown {
  if (/token|secret|password|authorization|key$/i.test(key)) return "…";
  if (typeof value !== "string") return value;
  // The forms of GitHub's tokens, and names and passwords in URLs.
  return value
    .replaceAll(/(?:gh[a-z]_|github_pat_)[\w.-]+/g, "…")
    .replaceAll(/\/\/[^/\s@]*@/g, "//…@");
}
