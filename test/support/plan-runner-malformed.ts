import fc from "fast-check";
import * as v from "valibot";
import { readEvent } from "../../functions/plan-app/events.ts";
import { planRequest } from "./plan-requests.ts";
import { checkRunEvent, commentEvent, pullRequestEvent } from "./webhooks.ts";

/** A body that means nothing to whom it is sent. */
export interface Malformed {
  readonly body: Buffer;
  /** Of a webhook. */
  readonly event?: string;
}

const EVENTS = [
  "pull_request",
  "check_run",
  "check_suite",
  "issue_comment",
  "installation",
  "ping",
];
const APP_ID = "123";
const MAX_LEVELS = 20_000;

const deep = fc
  .tuple(
    fc.integer({ min: 500, max: MAX_LEVELS }),
    fc.constantFrom("[", '{"message":'),
    fc.boolean(),
  )
  .map(([levels, open, isClosed]) => {
    const close = isClosed ? (open === "[" ? "]" : "}").repeat(levels) : "";
    return `${open.repeat(levels)}1${close}`;
  });

const noise = fc.oneof(
  { weight: 4, arbitrary: fc.json() },
  { weight: 2, arbitrary: fc.string() },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: deep },
);

const genuine = fc.constantFrom<object>(
  pullRequestEvent("opened"),
  pullRequestEvent("labeled", {}, { label: { name: "run-plan" } }),
  checkRunEvent("plan"),
  commentEvent("/plan"),
  { action: "created", installation: { id: 1, account: { login: "octo" } } },
);

/** Something with something else at one of its places. */
function distorted(whole: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc.tuple(whole, fc.nat(), fc.jsonValue()).map(([value, at, other]) => {
    const copy = structuredClone(value) as Record<string, unknown>;
    const places = placesOf(copy);
    const [holder, key] = places[at % places.length] ?? [copy, "action"];
    holder[key] = other;
    return copy;
  });
}

function placesOf(value: Record<string, unknown>): [Record<string, unknown>, string][] {
  return Object.entries(value).flatMap(([key, inner]) => [
    [value, key] as [Record<string, unknown>, string],
    ...(typeof inner === "object" && inner !== null
      ? placesOf(inner as Record<string, unknown>)
      : []),
  ]);
}

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
