import { backoffSeconds } from "../bridge/backoff.ts";
import { askPatiently, isPassing } from "../bridge/workflows.ts";
import { deadLetterObject } from "../messages/bridge-objects.ts";
import type { DeadLetter } from "../messages/bridge-objects.ts";
import type { Tenant } from "../messages/tenant.ts";
import { callbackBody } from "./callback-body.ts";
import type { Cursor } from "./cursor.ts";
import { exchange } from "./consumer/exchange.ts";
import type { Attempt } from "./consumer/exchange.ts";
import type { HeldLock } from "./lock.ts";
import type { Ports } from "./ports.ts";
import type { Progress } from "./progress.ts";
import type { ToolEvent } from "./stream/tool-event.ts";

/** A workflow waits no longer for its callback (producer contract, 1.7). */
const CALLBACK_WINDOW_MS = 3_600_000;
const CALLBACK = { seconds: 20, baseSeconds: 0.3 };
/** The workflow that waited has ended. */
const GONE = [404, 410];
const WRITE_ATTEMPTS = 3;

/** Answered, or given up: the cursor is on its way behind it. */
export interface Answered {
  readonly kind: "answered";
  readonly commit: Promise<Settled>;
}

/** What came of one event. */
export type Settled =
  /** The cursor stands behind it. */
  | { readonly kind: "settled" }
  /** Not begun, or not ended in time: it is the next run's. */
  | { readonly kind: "left" }
  /** The run cannot go on. */
  | {
      readonly kind: "stuck";
      readonly by: "refused" | "cursor" | "state";
      readonly reason: string;
    };

const LEFT = { kind: "left" } as const;

export interface Settling {
  readonly tenant: Tenant;
  readonly lock: HeldLock;
  readonly cursor: Cursor;
  readonly progress: Progress;
  /** Whether another attempt at an event would end in time. */
  readonly fits: (event: ToolEvent) => boolean;
  /** Aborted when what is in flight is to be given up. */
  readonly abandon: AbortSignal;
  /** Aborted when nothing new is to be begun. */
  readonly noMore: AbortSignal;
}

type Posted = "posted" | "gone" | "failed" | "none";

/**
 * Sees an event through: the tool, the callback, the cursor, each only after the one before. An event that fails again and
 * again becomes a dead letter, so that those behind it wait no longer than for its attempts.
 * @param before the cursor's way behind the event before: only the tool may run meanwhile
 */
export async function settle(
  event: ToolEvent,
  attemptsBefore: number,
  before: Promise<Settled>,
  settling: Settling,
  ports: Ports,
): Promise<Answered | Settled> {
  const { progress } = settling;
  if (Date.parse(event.time) < ports.now() - CALLBACK_WINDOW_MS) {
    if ((await before).kind !== "settled") return LEFT;
    progress.counts.expired += 1;
    return answered(event, settling);
  }
  const tried = await tryTool(event, attemptsBefore, settling, ports);
  if (!("attempts" in tried)) return tried;
  if ((await before).kind !== "settled") return LEFT;
  const { outcome, attempts } = tried;
  if (outcome.kind === "failed") {
    return giveUp(event, { reason: outcome.reason, attempts }, settling, ports);
  }
  const body = callbackBody(outcome.answer);
  const [posted] = await Promise.all([
    postCallback(event, body, settling, ports),
    settling.cursor.look(settling.abandon),
  ]);
  if (isOver(settling)) return LEFT;
  if (posted === "failed") {
    const reason = "The callback could not be delivered.";
    return giveUp(event, { reason, attempts, answer: body }, settling, ports);
  }
  progress.counts.done += 1;
  return answered(event, settling);
}

function answered(event: ToolEvent, settling: Settling): Answered {
  return { kind: "answered", commit: commit(event, settling) };
}

/** A dead letter that is sent again. The cursor has long passed it. */
export async function settleAgain(
  event: ToolEvent,
  letter: DeadLetter,
  settling: Settling,
  ports: Ports,
): Promise<"settled" | "left" | Pick<DeadLetter, "reason" | "attempts">> {
  let { answer } = letter;
  let { attempts } = letter;
  if (answer === undefined) {
    const tried = await tryTool(event, 0, settling, ports);
    if (!("attempts" in tried)) {
      return tried.kind === "stuck" ? { reason: tried.reason, attempts } : "left";
    }
    attempts += tried.attempts;
    if (tried.outcome.kind === "failed") return { reason: tried.outcome.reason, attempts };
    answer = callbackBody(tried.outcome.answer);
  }
  const posted = await postCallback(event, answer, settling, ports);
  if (isOver(settling)) return "left";
  if (posted === "failed") return { reason: "The callback could not be delivered.", attempts };
  return "settled";
}

type Tried =
  | { readonly outcome: Exclude<Attempt, { kind: "refused" }>; readonly attempts: number }
  | Exclude<Settled, { kind: "settled" }>;

/** Sends an event to the consumer until it is answered, or for as many times as it may be tried. */
async function tryTool(
  event: ToolEvent,
  attemptsBefore: number,
  settling: Settling,
  ports: Ports,
): Promise<Tried> {
  const { settings, log } = ports;
  const { line } = event;
  if (line === undefined) {
    const reason = event.problem ?? "The event cannot be forwarded.";
    return { outcome: { kind: "failed", reason }, attempts: 1 };
  }
  for (let attempts = attemptsBefore + 1; ; attempts += 1) {
    if (isOver(settling)) return LEFT;
    const attempt = await exchange({ ...event, line }, settling.tenant, settling.abandon, ports);
    if (isOver(settling)) return LEFT;
    if (attempt.kind === "refused") return { kind: "stuck", by: "refused", reason: attempt.reason };
    if (attempt.kind === "answered") return { outcome: attempt, attempts };
    settling.progress.headAttempts = attempts;
    log("WARNING", `Attempt ${attempts} at an event failed: ${attempt.reason}`, {
      event_id: event.id,
    });
    if (attempts >= settings.maxAttempts) return { outcome: attempt, attempts };
    const wait = backoffSeconds(attempts, settings.backoffSeconds, ports.random);
    await ports
      .wait(Math.max(wait, attempt.waitSeconds ?? 0), settling.noMore)
      .catch(() => undefined);
    if (settling.noMore.aborted || !settling.fits(event)) return LEFT;
  }
}

/** Whether nothing may be said or moved any more. */
function isOver({ abandon, lock }: Settling): boolean {
  return abandon.aborted || !lock.isHeld();
}

async function postCallback(
  event: ToolEvent,
  body: string,
  { tenant, abandon }: Settling,
  ports: Ports,
): Promise<Posted> {
  if (event.callbackId === undefined) return "none";
  const { workflows, maxAttempts } = ports.settings;
  const path = `/callbacks/${encodeURIComponent(event.callbackId)}`;
  const answer = await askPatiently(
    workflows,
    tenant,
    { method: "POST", path, body },
    { ...CALLBACK, attempts: maxAttempts, signal: abandon },
    ports,
  );
  if (answer !== undefined && answer.status >= 200 && answer.status < 300) return "posted";
  if (answer !== undefined && GONE.includes(answer.status)) return "gone";
  const again = isPassing(answer) ? "" : ", which no repetition changes";
  ports.log("WARNING", `A callback was answered ${answer?.status ?? "nothing"}${again}`, {
    event_id: event.id,
  });
  return "failed";
}

interface Failure {
  readonly reason: string;
  readonly attempts: number;
  /** The body of a callback that could not be delivered. */
  readonly answer?: string;
}

/** Tells the workflow, keeps the event for a person, and only then lets the cursor pass it. */
async function giveUp(
  event: ToolEvent,
  { reason, attempts, answer }: Failure,
  settling: Settling,
  ports: Ports,
): Promise<Answered | Settled> {
  const { tenant, progress, cursor, abandon } = settling;
  const body = callbackBody({ result: null, error: `The tool was given up: ${reason}` });
  const [callback] = await Promise.all([
    postCallback(event, body, settling, ports),
    cursor.look(abandon),
  ]);
  if (isOver(settling)) return LEFT;
  const { id, time, data } = event;
  const letter: DeadLetter = {
    tenant,
    event: { id, time, ...(data !== undefined && { data: { ...data } }) },
    reason,
    attempts,
    callback,
    ...(answer !== undefined && { answer }),
    recorded_at: new Date(ports.now()).toISOString(),
  };
  if (!(await record(letter, settling, ports))) {
    const problem = "A dead letter could not be written.";
    return { kind: "stuck", by: "state", reason: problem };
  }
  if (isOver(settling)) return LEFT;
  progress.counts.dead_lettered += 1;
  ports.log("ERROR", `An event was given up after ${attempts} attempts: ${reason}`, {
    event_id: id,
    callback,
  });
  return answered(event, settling);
}

async function record(letter: DeadLetter, { abandon }: Settling, ports: Ports): Promise<boolean> {
  const name = deadLetterObject(letter.tenant, letter.event.id);
  for (let attempt = 1; ; attempt += 1) {
    const isWritten = await ports.objects
      .write(name, JSON.stringify(letter), "application/json")
      .then(
        () => true,
        () => false,
      );
    if (isWritten || attempt === WRITE_ATTEMPTS || abandon.aborted) return isWritten;
    await ports.wait(backoffSeconds(attempt, 1, ports.random), abandon).catch(() => undefined);
  }
}

async function commit(
  { id, time }: ToolEvent,
  { cursor, progress, abandon, lock }: Settling,
): Promise<Settled> {
  progress.headAttempts = 0;
  if (!lock.isHeld()) return LEFT;
  if (await cursor.commit({ id, time }, abandon)) {
    progress.committed = cursor.stored;
    progress.settled = undefined;
    return { kind: "settled" };
  }
  // The next run moves the cursor without doing it again.
  progress.settled = { id, time };
  return { kind: "stuck", by: "cursor", reason: "The cursor could not be moved." };
}
