/** What nobody should send, and how much of it a role survives. */
import { once } from "node:events";
import http from "node:http";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import * as v from "valibot";

/** A body that means nothing to whom it is sent. */
export interface Malformed {
  readonly body: Buffer;
  /** Of a webhook. */
  readonly event?: string;
}

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

/** Anything but what is expected. */
export const noise = fc.oneof(
  { weight: 4, arbitrary: fc.json() },
  { weight: 2, arbitrary: fc.string() },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: deep },
);

/** Something with something else at one of its places. */
export function distorted(whole: fc.Arbitrary<object>): fc.Arbitrary<object> {
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

/** Bodies that the schema does not take, near the genuine one and far from it. */
export function malformedBodies(
  schema: v.GenericSchema,
  genuine: object,
  { seed, count }: { readonly seed: number; readonly count: number },
): Buffer[] {
  const near = distorted(fc.constant(genuine))
    .filter((value) => !v.is(schema, value))
    .map((value) => JSON.stringify(value));
  const far = noise.filter((body) => !v.is(schema, jsonOf(String(body))));
  return fc.sample(fc.oneof(near, far), { seed, numRuns: count }).map((body) => Buffer.from(body));
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const AT_ONCE = 16;

/** Sends all of them to a role, some at once, and answers how often which status came. */
export async function statusesOf(
  url: string,
  bodies: readonly Buffer[],
  headers: (body: Buffer, index: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<Record<string, number>> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const counts: Record<string, number> = {};
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < bodies.length; index = next++) {
      const body = bodies[index] ?? Buffer.alloc(0);
      const status = await post(url, agent, body, headers(body, index));
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    agent.destroy();
  }
  return counts;
}

async function post(
  url: string,
  agent: http.Agent,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const request = http.request(url, {
    agent,
    method: "POST",
    headers: { "content-type": "application/json", "content-length": body.length, ...headers },
  });
  request.end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  await text(response);
  return response.statusCode ?? 0;
}
