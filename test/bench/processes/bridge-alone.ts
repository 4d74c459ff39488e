/** The bridge's own code between ports that answer at once, and how much memory it needs after so many events. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { HttpRequest, HttpResponse } from "../../../functions/runtime/http-client.ts";
import { timers } from "../../../functions/runtime/timers.ts";
import type { Ports } from "../../../functions/producer/ports.ts";
import { runBridge } from "../../../functions/producer/run-bridge.ts";
import { SETTINGS, TENANT } from "../../support/producer/bridge-world.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { answering } from "./answering.ts";

/** Answered with the bytes that are needed after each of these numbers of events. */
export interface HeapsQuestion {
  readonly marks: readonly number[];
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Events in one piece of the stream. */
const PIECE = 50;

answering(async ({ marks }: HeapsQuestion): Promise<readonly number[]> => {
  const heaps: number[] = [];
  const stopping = new AbortController();
  const total = Math.max(...marks);
  const done = (count: number): void => {
    if (!marks.includes(count)) return;
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    heaps.push(heapUsed + arrayBuffers);
    if (count === total) stopping.abort();
  };
  const ports: Ports = {
    ...timers,
    send: serviceOf(done),
    idToken: () => Promise.resolve("token"),
    random: Math.random,
    now: Date.now,
    objects: new ObjectsInMemory(),
    addRun: () => Promise.resolve(true),
    newId: () => "id",
    storageToken: () => Promise.resolve(undefined),
    makeWorkFolder: () => Promise.resolve(),
    stopping: stopping.signal,
    log: () => undefined,
    settings: { ...SETTINGS, idleSeconds: 0, leaseSeconds: 3_600 },
  };
  const started_at = new Date().toISOString();
  const run = { tenant: TENANT, run_id: "run", started_at, deadline_s: 1_800 };
  await runBridge(run, new AbortController().signal, ports);
  return heaps;
});

/** Workflows service and consumer in one: a stream without an end, and a yes to everything else. */
function serviceOf(done: (count: number) => void): Ports["send"] {
  let committed = 0;
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/events/stream") return Promise.resolve(responseOf(stream(request)));
    if (pathname === "/sessions/stream") {
      const { id } = JSON.parse(textOf(request)) as { id: string };
      return Promise.resolve(responseOf(once(`${JSON.stringify({ id, result: { id } })}\n`)));
    }
    if (pathname === "/events/cursors" && request.method === "POST") {
      committed += 1;
      done(committed);
    }
    return Promise.resolve(responseOf(once("{}")));
  };
}

function textOf({ body }: HttpRequest): string {
  if (typeof body === "string") return body;
  throw new Error("An event is sent as text.");
}

function responseOf(body: AsyncIterable<Uint8Array>): HttpResponse {
  return { status: 200, headers: {}, body, close: () => undefined, release: () => undefined };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is an asynchronous one
async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Ends with its request. */
async function* stream({ signal }: HttpRequest): AsyncGenerator<Uint8Array> {
  for (let number = 0; !signal.aborted;) {
    let text = "";
    for (let event = 0; event < PIECE; event += 1, number += 1) text += eventText(number);
    yield Buffer.from(text);
    // As from a network, what comes next comes later.
    await new Promise(setImmediate);
  }
}

function eventText(number: number): string {
  const time = Date.now();
  const id = `${time.toString(36).padStart(8, "0")}${String(number).padStart(16, "0")}`;
  const data = {
    create_time: time / 1000,
    callback_id: `callback-${number}`,
    tool_call: { function: { name: "NOTHING", arguments: "{}" } },
  };
  return `id: ${id}\nevent: tool_call\ndata: ${JSON.stringify(data)}\n\n`;
}
