/** Ids that the workflows service makes: the time in milliseconds to the base of 36, then chance (producer contract, 1.7). */
const MADE_ID = /^[0-9a-z]{24}$/;
const TIME_DIGITS = 8;
/** A time read from an id is believed if it is that close to the time beside it. */
const MAX_APART_MS = 3_600_000;
/** Seconds of this size would be thousands of years away: it is milliseconds. */
const MIN_MILLISECONDS = 100_000_000_000;
/** The last that Date knows. */
const MAX_MILLISECONDS = 8_640_000_000_000_000;

/**
 * A time as ISO 8601 with milliseconds, from any of the units in which cursors and events have it: ISO, seconds or
 * milliseconds since the epoch, as a number or as text. Undefined for what is no time.
 */
export function isoOf(value: unknown): string | undefined {
  if (typeof value === "number") return isoOfNumber(value);
  if (typeof value !== "string" || value === "") return undefined;
  const number = Number(value);
  if (!Number.isNaN(number)) return isoOfNumber(number);
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function isoOfNumber(value: number): string | undefined {
  const time = value < MIN_MILLISECONDS ? Math.round(value * 1000) : Math.round(value);
  return time > 0 && time <= MAX_MILLISECONDS ? new Date(time).toISOString() : undefined;
}

/** Whether ids of this form come in the order of their events. */
export function isMadeId(id: string): boolean {
  return MADE_ID.test(id);
}

/**
 * When the workflows service took an event: the time in its id, which is the one that `since_time` is compared with; else
 * the sender's, which is in the event.
 * @param now milliseconds since the epoch, for an event that says nothing
 */
export function timeOf(id: string, sent: unknown, now: number): string {
  const said = isoOf(sent);
  const made = isMadeId(id) ? Number.parseInt(id.slice(0, TIME_DIGITS), 36) : Number.NaN;
  const near = said === undefined ? now : Date.parse(said);
  if (Math.abs(made - near) <= MAX_APART_MS) return new Date(made).toISOString();
  return said ?? new Date(now).toISOString();
}
