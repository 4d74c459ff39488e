import * as v from "valibot";
import { ask, askPatiently } from "../bridge/workflows.ts";
import type { Answer } from "../bridge/workflows.ts";
import type { Tenant } from "../messages/tenant.ts";
import type { Ports } from "./ports.ts";
import { isMadeId, timeOf } from "./times.ts";

/** An event, and when the workflows service took it. */
export interface EventAt {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
}

const PATIENCE = { attempts: 5, seconds: 15, baseSeconds: 0.25 };
const LOOK_SECONDS = 5;
/** What we wrote ourselves so recently is still there: two holders of one lock are further apart than that. */
const TRUST_MS = 1_000;

const Cursors = v.object({
  project: v.nullish(
    v.object({
      eventId: v.nullish(v.string()),
      timestamp: v.nullish(v.union([v.string(), v.number()])),
    }),
  ),
});

/** What was found where the project's cursor is kept. */
export interface StoredCursor {
  readonly eventId: string | undefined;
  /** In any unit. */
  readonly timestamp: string | number | undefined;
}

/** The project's cursor: behind each event that is settled, in order, and never moved back. */
export class Cursor {
  readonly #tenant: Tenant;
  readonly #ports: Ports;
  #stored: EventAt | undefined;
  #seenAt = Number.NEGATIVE_INFINITY;

  constructor(tenant: Tenant, ports: Ports) {
    this.#tenant = tenant;
    this.#ports = ports;
  }

  /** Where it stands, as far as is known. */
  get stored(): EventAt | undefined {
    return this.#stored;
  }

  /** Reads it for a start; `unknown` where it could not be read, since nobody knows then where to begin. */
  async read(signal: AbortSignal): Promise<StoredCursor | "unknown"> {
    const { workflows } = this.#ports.settings;
    const patience = { ...PATIENCE, signal };
    const answer = await askPatiently(workflows, this.#tenant, this.#get(), patience, this.#ports);
    return this.#take(answer) ?? "unknown";
  }

  /** Looks whether another has moved it since. */
  async look(signal: AbortSignal): Promise<void> {
    const { now, settings } = this.#ports;
    if (now() - this.#seenAt < TRUST_MS) return;
    const limits = { seconds: LOOK_SECONDS, signal };
    this.#take(await ask(settings.workflows, this.#tenant, this.#get(), limits, this.#ports));
  }

  /** Moves it behind an event, unless another has moved it further. False where it could not be moved. */
  async commit(event: EventAt, signal: AbortSignal): Promise<boolean> {
    if (this.#stored !== undefined && isBehind(event, this.#stored)) return true;
    const { settings, now } = this.#ports;
    const call = {
      method: "POST" as const,
      path: "/events/cursors",
      body: JSON.stringify({
        projectId: this.#tenant.project_id,
        eventId: event.id,
        timestamp: event.time,
        target: "project",
      }),
    };
    const patience = { ...PATIENCE, signal };
    const answer = await askPatiently(
      settings.workflows,
      this.#tenant,
      call,
      patience,
      this.#ports,
    );
    if (answer === undefined || answer.status < 200 || answer.status >= 300) return false;
    this.#stored = event;
    this.#seenAt = now();
    return true;
  }

  #get() {
    const query = new URLSearchParams({ projectId: this.#tenant.project_id });
    return { method: "GET" as const, path: `/events/cursors?${query.toString()}` };
  }

  #take(answer: Answer): StoredCursor | undefined {
    const read = v.safeParse(Cursors, answer?.json);
    if (answer?.status !== 200 || !read.success) return undefined;
    const eventId = read.output.project?.eventId ?? undefined;
    const timestamp = read.output.project?.timestamp ?? undefined;
    const now = this.#ports.now();
    this.#seenAt = now;
    // One that says no time is not known to be further than anything.
    if (eventId !== undefined && eventId !== this.#stored?.id) {
      this.#stored = { id: eventId, time: timeOf(eventId, timestamp, 0) };
    }
    return { eventId, timestamp };
  }
}

function isBehind(event: EventAt, stored: EventAt): boolean {
  if (event.id === stored.id) return true;
  const isOrdered = isMadeId(event.id) && isMadeId(stored.id);
  if (event.time === stored.time) return isOrdered && event.id < stored.id;
  return event.time < stored.time;
}
