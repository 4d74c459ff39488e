import fc from "fast-check";
import * as v from "valibot";
import { readEvent } from "../../functions/plan-app/events.ts";
import { distorted, noise, type Malformed } from "./malformed.ts";
import { planRequest } from "./plan-requests.ts";
import { checkRunEvent, commentEvent, pullRequestEvent } from "./webhooks.ts";

const EVENTS = [
  "pull_request",
  "check_run",
  "check_suite",
  "issue_comment",
  "installation",
  "ping",
];
const APP_ID = "123";
const genuine = fc.constantFrom<object>(
  pullRequestEvent("opened"),
  pullRequestEvent("labeled", {}, { label: { name: "run-plan" } }),
  checkRunEvent("plan"),
  commentEvent("/plan"),
  { action: "created", installation: { id: 1, account: { login: "octo" } } },
);

/** Webhooks that ask for nothing, whatever they look like. */
export function malformedWebhooks(count: number, { seed }: { seed: number }): Malformed[] {
  const event = fc.constantFrom(...EVENTS);
  const looksRight = fc
    .tuple(event, distorted(genuine))
    .filter(([name, body]) => readEvent(name, body as never, APP_ID).kind !== "ask")
    .map(([name, body]) => ({ event: name, body: Buffer.from(JSON.stringify(body)) }));
  const looksWrong = fc
    .tuple(event, noise)
    .map(([name, body]) => ({ event: name, body: Buffer.from(body) }));
  return fc.sample(fc.oneof(looksRight, looksWrong), { seed, numRuns: count });
}

/** A request names somebody to be told of its faults, unless it is without an address. */
const Addressed = v.object({
  repo: v.object({ full_name: v.string() }),
  pull_request: v.object({ number: v.number() }),
});

const nobodys = fc
  .oneof(
    distorted(fc.constant(planRequest())),
    fc.jsonValue().map((value) => ({ value })),
  )
  .filter((request) => !v.is(Addressed, request))
  .map((request) => JSON.stringify(request));

const data = fc.oneof(
  nobodys.map((text) => Buffer.from(text).toString("base64")),
  noise.map((text) => Buffer.from(text).toString("base64")),
  fc.string(),
);
const envelope = fc
  .tuple(data, fc.string())
  .map(([content, messageId]) => ({ message: { data: content, messageId }, subscription: "s" }));

/** What is no push of Pub/Sub's, or one of a message that nobody can read and that tells nobody's pull request. */
export function malformedEnvelopes(count: number, { seed }: { seed: number }): Malformed[] {
  const whole = envelope.map((value) => JSON.stringify(value));
  const spoilt = distorted(envelope).map((value) => JSON.stringify(value));
  return fc
    .sample(fc.oneof(whole, spoilt, noise), { seed, numRuns: count })
    .map((body) => ({ body: Buffer.from(body) }));
}
