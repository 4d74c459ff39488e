import type { Beginning } from "../../messages/bridge-objects.ts";
import type { EventAt, StoredCursor } from "../cursor.ts";
import type { Settings } from "../ports.ts";
import { isMadeId, isoOf, timeOf } from "../times.ts";

/** More than a stream sends again, however it is resumed. */
const MAX_SEEN = 2_000;
/** A resumption by time goes back that far: events may have been taken in the same moment. */
const REWIND_MS = 1_000;

type Since = { readonly since_id: string } | { readonly since_time: string };

interface Start {
  readonly id: string | undefined;
  readonly time: string;
}

/** Where a run begins: behind the committed cursor; else where the start said; else a little before now. */
export function startOf(
  cursor: StoredCursor,
  run: Beginning,
  settings: Pick<Settings, "sinceId" | "sinceTime" | "lookbackSeconds">,
  now: number,
): Start {
  const begun = Math.min(now, Date.parse(run.started_at)) - settings.lookbackSeconds * 1000;
  const beginning = new Date(begun).toISOString();
  if (cursor.eventId !== undefined) {
    return { id: cursor.eventId, time: timeOf(cursor.eventId, cursor.timestamp, begun) };
  }
  const id = run.since_id ?? (settings.sinceId || undefined);
  const time = isoOf(cursor.timestamp) ?? run.since_time ?? isoOf(settings.sinceTime) ?? beginning;
  return id === undefined ? { id, time } : { id, time: timeOf(id, undefined, Date.parse(time)) };
}

/** How far the stream was read, and which events were taken from it. */
export class Position {
  #last: Start;
  #isByTime: boolean;
  readonly #seen = new Set<string>();
  readonly #floor: string | undefined;

  constructor(start: Start, settled: EventAt | undefined) {
    this.#last = start;
    this.#isByTime = start.id === undefined;
    this.#floor = start.id;
    for (const id of [start.id, settled?.id]) if (id !== undefined) this.#seen.add(id);
  }

  get isById(): boolean {
    return !this.#isByTime;
  }

  /** The parameter that resumes the stream. */
  since(): Since {
    const { id } = this.#last;
    if (id !== undefined && !this.#isByTime) return { since_id: id };
    return this.sinceTime();
  }

  /** The same by time. It may bring events again that were seen. */
  sinceTime(): { readonly since_time: string } {
    const { id, time } = this.#last;
    // Of ids in no order nobody could tell, after a start, what came before.
    const rewind = id !== undefined && isMadeId(id) ? REWIND_MS : 0;
    return { since_time: new Date(Date.parse(time) - rewind).toISOString() };
  }

  /** The id is of no use to the workflows service: it would be silent for ever. */
  goByTime(): void {
    this.#isByTime = true;
  }

  /** Whether an event was not taken before. */
  isNew({ id }: EventAt): boolean {
    if (this.#seen.has(id)) return false;
    const floor = this.#floor;
    return floor === undefined || !isMadeId(floor) || !isMadeId(id) || id > floor;
  }

  /** The stream is resumed after this event, which the service knows. */
  received({ id, time }: EventAt): void {
    this.#last = { id, time };
    this.#isByTime = false;
    this.#seen.delete(id);
    this.#seen.add(id);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MAX_SEEN) break;
      this.#seen.delete(oldest);
    }
  }
}
