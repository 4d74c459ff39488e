// Which runs a list shows: what the caller may see, and of that what was asked for.
import * as v from "valibot";
import type { Entry } from "../scenarios/entries.ts";
import { pageOfRuns, type RunPage } from "../scenarios/pages.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { refused } from "./refusals.ts";

export const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
export const MAX_QUERY_LENGTH = 200;

export interface ListRequest {
  readonly limit: number;
  readonly cursor: string | undefined;
  /** Deleted ones in place of the others, for whoever wants one back. */
  readonly deleted: boolean;
  /** Words that the label or the id has, all of them. Default: any run. */
  readonly q: string;
  /** A status that run.json has. Default: any. */
  readonly status: string | undefined;
}

const Limit = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}$/),
  v.transform(Number),
  v.minValue(1),
  v.maxValue(MAX_LIMIT),
);
/** A place in the list, as a page before named it. */
const Cursor = v.pipe(v.string(), v.regex(/^\d{14}-[A-Za-z0-9_-]{1,64}$/));
const Status = v.pipe(v.string(), v.regex(/^[A-Za-z_]{1,40}$/), v.toUpperCase());

/** Of the query of an address; 422 for what is none. */
export function listRequest(
  { limit, cursor, deleted, q = "", status = "" }: Readonly<Record<string, string>>,
  defaultLimit = DEFAULT_LIMIT,
): ListRequest {
  if (limit !== undefined && !v.is(Limit, limit)) {
    throw refused(422, "invalid_limit", `limit must be 1 to ${MAX_LIMIT}.`);
  }
  if (cursor !== undefined && !v.is(Cursor, cursor)) {
    throw refused(422, "invalid_cursor", "cursor must be the next_cursor of a page.");
  }
  if (q.length > MAX_QUERY_LENGTH) {
    throw refused(422, "invalid_q", `q must have at most ${MAX_QUERY_LENGTH} characters.`);
  }
  if (status !== "" && !v.is(Status, status)) {
    throw refused(422, "invalid_status", "status must be a run's status, such as COMPLETED.");
  }
  return {
    limit: limit === undefined ? defaultLimit : Number(limit),
    cursor,
    deleted: deleted === "true",
    q: q.trim(),
    status: status === "" ? undefined : status.toUpperCase(),
  };
}

/** A page of them, the newest first. */
export function runsFor(
  { limit, cursor, deleted, q, status }: ListRequest,
  caller: Caller,
  ports: Ports,
): Promise<RunPage> {
  const words = plain(q)
    .split(/\s+/)
    .filter((word) => word !== "");
  const isAsked = ({ label, runId, status: its }: Entry): boolean =>
    (status === undefined || status === its) &&
    words.every((word) => plain(`${label} ${runId}`).includes(word));
  const isSeen = ({ isFinal, isDeleted }: Entry): boolean =>
    caller.isKnown ? isDeleted === deleted : isFinal && !isDeleted;
  const shows = (entry: Entry): boolean => isSeen(entry) && isAsked(entry);
  return pageOfRuns(ports.stores.of(caller.tenant), { limit, after: cursor, shows }, ports);
}

/** As people look for it: neither case nor the width of letters counts. */
function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
