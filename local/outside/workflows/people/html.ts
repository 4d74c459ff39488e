/** The page for a browser. */
import type { LocalResponse } from "../../../http/message.ts";
import { page, table } from "../../page.ts";
import type { Cursor } from "../model.ts";
import type { World } from "../route.ts";
import type { Space } from "../state.ts";

/** As many of each kind are shown, the newest first. */
const SHOWN = 20;
/** Characters of a result. */
const SHOWN_OF_RESULT = 500;

/** What is going on. */
export function overviewHtml({ clock, state, streams, records, faults }: World): LocalResponse {
  const now = clock.now();
  return page("Workflows", [
    table(
      "Open streams",
      ["project", "workspace", "for", "events", "last event"],
      streams.all
        .slice(-SHOWN)
        .map((stream) => [
          nameOf(stream.space),
          stream.workspaceId ?? "none: it gets no event",
          `${Math.round((now - stream.openedAt) / 1000)} s`,
          String(stream.sent),
          stream.lastId ?? "",
        ]),
    ),
    table(
      "Projects",
      ["project", "lock", "cursor"],
      state.spaces
        .slice(-SHOWN)
        .map((space) => [
          nameOf(space),
          lockText(space, now),
          cursorText(space.cursors.get("project")),
        ]),
    ),
    table(
      "Callbacks",
      ["at", "project", "callback", "answered", "result"],
      records.callbacks
        .newest(SHOWN)
        .map((each) => [
          timeText(each.at),
          nameOf(each),
          each.id,
          String(each.status),
          JSON.stringify(each.body).slice(0, SHOWN_OF_RESULT),
        ]),
    ),
    table(
      "Events",
      ["at", "project", "event", "type", "tool"],
      records.events
        .newest(SHOWN)
        .map((each) => [timeText(each.at), nameOf(each), each.id, each.type, each.tool ?? ""]),
    ),
    table(
      "Faults on order",
      ["fault"],
      faults.ordered.slice(0, SHOWN).map((fault) => [JSON.stringify(fault)]),
    ),
  ]);
}

function nameOf({ user, project }: { readonly user: string; readonly project: string }): string {
  return `${user}/${project}`;
}

function lockText({ lock }: Space, now: number): string {
  if (lock === undefined || lock.expiresAt <= now) return "free";
  return `${lock.consumerId}, ${Math.round((lock.expiresAt - now) / 1000)} s left`;
}

function cursorText(cursor: Cursor | undefined): string {
  return cursor === undefined ? "none" : `${cursor.eventId} (${cursor.timestamp})`;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
