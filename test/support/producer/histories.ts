import fc from "fast-check";
import type { Settings } from "../../../functions/producer/ports.ts";
import type { Ports as ControlPorts } from "../../../functions/producer-control/ports.ts";
import { start as startBridge } from "../../../functions/producer-control/start.ts";
import type { BridgeRun } from "../../../functions/messages/bridge-run.ts";
import { BridgeProcess, BridgeWorld, SETTINGS, TENANT } from "./bridge-world.ts";
import type { Behaviour } from "./consumer-in-memory.ts";
import { responseOf } from "./http-in-memory.ts";
import type { PostedEvent } from "./workflows-in-memory.ts";

/** What the consumer does with an event, attempt by attempt; after the last it answers. */
const attempts = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("answer" as const),
      takesMs: fc.integer({ min: 1, max: 40_000 }),
    }),
    fc.record({ kind: fc.constant("cut" as const), takesMs: fc.integer({ min: 1, max: 5_000 }) }),
    fc.record({
      kind: fc.constant("status" as const),
      status: fc.constantFrom(404, 429, 500, 503),
    }),
    fc.record({
      kind: fc.constant("wrong-id" as const),
      takesMs: fc.integer({ min: 1, max: 500 }),
    }),
    fc.constant({ kind: "silent" as const }),
  ),
  { maxLength: 3 },
);

const asked = fc.record({
  /** When it is posted, after the one before: often in the same moment, behind which the service resumes. */
  afterMs: fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
  ),
  attempts,
  /** Whether no attempt is ever answered. */
  isPoison: fc.constantFrom(false, false, false, true),
  isLarge: fc.boolean(),
  isTool: fc.integer({ min: 0, max: 4 }).map((number) => number > 0),
  copies: fc.constantFrom(1, 1, 1, 2),
  cuts: fc.constantFrom(false, false, false, true),
});

const trouble = fc.record({
  atMs: fc.integer({ min: 0, max: 300_000 }),
  kind: fc.constantFrom(
    "drop" as const,
    "kill" as const,
    "kill" as const,
    "stop" as const,
    "steal" as const,
    "fail-callbacks" as const,
    "fail-cursors" as const,
    "fail-lock" as const,
    "fail-stream" as const,
    "forget-ids" as const,
  ),
  forMs: fc.integer({ min: 1, max: 90_000 }),
});

export const history = fc.record({
  events: fc.array(asked, { minLength: 1, maxLength: 8 }),
  troubles: fc.array(trouble, { maxLength: 4 }),
  deadlineSeconds: fc.constantFrom(60, 150, 1_800),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});
export type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

/** What a history comes to. */
export interface Outcome {
  readonly world: BridgeWorld;
  /** Those that ask for a tool, in the order in which they were posted. */
  readonly asked: readonly PostedEvent[];
  readonly poisoned: ReadonlySet<string>;
  /** Whether anything happened that may make a tool run twice. */
  readonly mayRepeat: boolean;
  /** Whether a process was killed, whose connections nobody closes here. */
  readonly wasKilled: boolean;
}

/** Long after all that may happen in it. */
const LENGTH_MS = 3_600_000;
const LATER_STARTS_MS = [60_000, 180_000, 400_000, 800_000, 1_200_000];
/** As the queue's backoff would have it. */
const REDELIVERY_MS = 10_000;

/** Plays a history to its end: the bridge's tasks are delivered, and delivered again, until there is nothing to do. */
export async function play(history: History): Promise<Outcome> {
  const world = new BridgeWorld();
  const { time, workflows, consumer } = world;
  world.random = chance(history.seed);
  const settings: Settings = {
    ...SETTINGS,
    leaseSeconds: 30,
    idleSeconds: 90,
    marginSeconds: 10,
    toolSeconds: 10,
  };
  const plans = new Map<string, Behaviour[]>();
  const byId = new Map<string, History["events"][number]>();
  const poisoned = new Set<string>();
  const posted: PostedEvent[] = [];
  consumer.behaviour = (id) => {
    if (poisoned.has(id)) return { kind: "cut", takesMs: 50 };
    return plans.get(id)?.shift() ?? { kind: "answer", takesMs: 20 };
  };
  workflows.copies = ({ id }) => byId.get(id)?.copies ?? 1;
  workflows.cutsAfter = ({ id }) => byId.get(id)?.cuts ?? false;

  const failing = new Map<string, number>();
  const isFailing = (what: string): boolean => (failing.get(what) ?? 0) > time.now;
  workflows.fault = (request, path) => {
    const is =
      (path.startsWith("/callbacks/") && isFailing("fail-callbacks")) ||
      (path === "/events/cursors" && isFailing("fail-cursors")) ||
      (path.includes("/consumer-lock/") && isFailing("fail-lock")) ||
      (path === "/events/stream" && isFailing("fail-stream"));
    return is ? responseOf(request, 503, {}) : undefined;
  };

  let at = 0;
  for (const [number, event] of history.events.entries()) {
    at += event.afterMs;
    time.at(at, () => {
      const filler = event.isLarge ? { filler: "x".repeat(17_000) } : {};
      if (!event.isTool) {
        const { id } = workflows.post({ status: "thinking", ...filler });
        byId.set(id, event);
        return;
      }
      const id = workflows.newId();
      byId.set(id, event);
      plans.set(id, [...event.attempts]);
      if (event.isPoison) poisoned.add(id);
      const tool_call = { function: { name: "READ_FILE", arguments: "{}" } };
      const data = { create_time: time.now / 1000, callback_id: `callback of ${id}`, tool_call };
      posted.push(workflows.post({ ...data, ...filler, number }, id));
      start();
    });
  }

  const processes = new Set<BridgeProcess>();
  const control: ControlPorts = {
    ...time.timers(),
    send: world.send,
    idToken: () => Promise.resolve("token"),
    random: world.random,
    now: () => time.now,
    objects: world.objects,
    addRun: (run) => world.addRun(run),
    settings: {
      workflows: settings.workflows,
      deadlineSeconds: history.deadlineSeconds,
      tenant: { user_id: "", project_id: "", workspace_id: "", session_id: "" },
    },
  };
  const start = (): void => void startBridge({}, TENANT, control).then(deliver);
  const deliver = (): void => {
    for (const run of world.queued.splice(0)) void attempt(run);
  };
  const attempt = async (run: BridgeRun): Promise<void> => {
    const process = new BridgeProcess(world);
    processes.add(process);
    const again = (): void => void time.at(REDELIVERY_MS, () => void attempt(run));
    process.gone.signal.addEventListener("abort", again);
    const result = await process.run(run, settings);
    processes.delete(process);
    process.gone.signal.removeEventListener("abort", again);
    if (result.kind === "retry") again();
    deliver();
  };

  for (const { atMs, kind, forMs } of history.troubles) {
    time.at(atMs, () => {
      if (kind === "drop") workflows.drop();
      else if (kind === "kill")
        for (const process of [...processes]) {
          processes.delete(process);
          process.kill();
        }
      else if (kind === "stop") for (const process of processes) process.stop();
      else if (kind === "steal") {
        workflows.lock = { consumerId: "somebody else", expiresAt: time.now + forMs };
        time.at(forMs + 1, start);
      } else if (kind === "forget-ids") {
        // What nobody was answered for is not forgotten so soon.
        const last = workflows.cursors.at(-1);
        if (last !== undefined) workflows.forgotten.add(last.eventId);
      } else failing.set(kind, time.now + forMs);
    });
  }
  // The last event's workflow asks for a start again and again, as each of its events would.
  for (const later of LATER_STARTS_MS) time.at(at + later, start);
  await time.until(time.pass(LENGTH_MS), 2 * LENGTH_MS);
  const mayRepeat = history.troubles.some(({ kind }) => kind !== "drop" && kind !== "fail-stream");
  const wasKilled = history.troubles.some(({ kind }) => kind === "kill");
  return { world, asked: posted, poisoned, mayRepeat, wasKilled };
}

/** The same numbers for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What is wrong with an outcome, in words; nothing in the best case. */
export function faultsOf({ world, asked, poisoned, mayRepeat, wasKilled }: Outcome): string[] {
  const { workflows, consumer, objects } = world;
  const faults: string[] = [];
  const letters = [...objects.stored.keys()].filter((name) => name.includes("/dead-letters/"));
  const dead = new Set(
    letters.map((name) => {
      const { event } = JSON.parse(objects.stored.get(name)?.content ?? "") as {
        event: { id: string };
      };
      return event.id;
    }),
  );
  for (const { id } of asked) {
    const bodies = workflows.callbacks.filter((callback) => callback.id === `callback of ${id}`);
    const isGivenUp = dead.has(id);
    if (bodies.length === 0 && !isGivenUp) faults.push(`${id} was lost`);
    if (poisoned.has(id) && !isGivenUp) faults.push(`${id} is poisoned and no dead letter`);
    for (const { body } of bodies) {
      const { answers, error } = body as { answers?: string; error?: string };
      const isRight = answers === id || (isGivenUp && typeof error === "string");
      if (!isRight) faults.push(`${id} was answered with ${JSON.stringify(body)}`);
    }
    if (mayRepeat) continue;
    if (bodies.length > 1) faults.push(`${id} was answered ${bodies.length} times`);
  }
  const order = new Map(workflows.events.map(({ id }, position) => [id, position]));
  let last = -1;
  for (const { eventId } of workflows.cursors) {
    const position = order.get(eventId) ?? -1;
    if (position < last) faults.push(`the cursor went back to ${eventId}`);
    last = Math.max(last, position);
  }
  const final = asked.at(-1);
  if (final !== undefined && workflows.cursors.at(-1)?.eventId !== final.id) {
    faults.push(`the cursor does not stand behind ${final.id}`);
  }
  if (consumer.open > 0 && !wasKilled)
    faults.push(`${consumer.open} requests to the consumer were left open`);
  return faults;
}
