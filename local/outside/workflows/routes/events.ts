/** Events: posting, paging, streaming. */
import { header, jsonResponse, type Headers, type LocalResponse } from "../../../http/message.ts";
import { BadEvent, envelopeOf, MAX_DATA_BYTES } from "../envelope.ts";
import type { Envelope, Workspace } from "../model.ts";
import { route, spaceOf, type Call, type World } from "../route.ts";
import type { Space } from "../state.ts";
import { EventStream } from "../stream.ts";
import { firstText, isFields, positive, textOf } from "../values.ts";

const HEARTBEAT_MS = 15_000;
const MIN_HEARTBEAT_MS = 1_000;
/** A workspace that nobody used for as long is not live. */
const WORKSPACE_TTL_MS = 300_000;
const DEFAULT_PAGE = 500;
const MAX_PAGE = 2000;

const STREAM_HEADERS: Headers = [
  ["content-type", "text/event-stream"],
  ["cache-control", "no-cache"],
  ["x-accel-buffering", "no"],
  ["connection", "keep-alive"],
];

export const EVENT_ROUTES = [
  route("POST /events", post, "event"),
  route("GET /events", page),
  route("GET /events/stream", stream, "stream"),
  route("GET /events/health", () => jsonResponse(200, { ok: true, backend: "firestore" })),
  route("GET /events/readyz", () => jsonResponse(200, { ready: true, backend: "firestore" })),
];

/** Stores an event and sends it to who streams. */
export function publish({ clock, state, streams, records }: World, space: Space, event: Envelope) {
  const isNew = state.addEvent(space, event);
  const { user, project } = space;
  const { id, type } = event;
  records.events.note({ user, project, at: clock.now(), id, type, tool: toolOf(event.data) });
  // A snapshot of a query calls what was there before modified, and only what is added is sent.
  if (isNew) streams.publish(space, event);
}

function post({ world, user, project, fields }: Call) {
  let event: Envelope;
  try {
    event = envelopeOf(fields, world.clock.now());
  } catch (error) {
    if (error instanceof BadEvent) return jsonResponse(400, { error: error.message });
    throw error;
  }
  if (Buffer.byteLength(JSON.stringify(event.data)) > MAX_DATA_BYTES) {
    return jsonResponse(413, { error: "Event too large", max: MAX_DATA_BYTES });
  }
  publish(world, world.state.write(user, project), event);
  const { id, sessionId, create_time } = event;
  const stored = { id, stored: true, persistence: "firestore", sessionId, create_time };
  return jsonResponse(201, stored);
}

/** For debugging: what begins with an event or a time, that one included, else the newest. */
function page(call: Call) {
  const session = call.query("sessionId");
  if (session === "") return jsonResponse(400, { error: "sessionId required" });
  const asked = Number(call.query("limit") || DEFAULT_PAGE);
  if (!Number.isInteger(asked)) {
    return jsonResponse(400, { error: 'Value for argument "limit" is not a valid integer.' });
  }
  if (asked < 0) return jsonResponse(400, { error: "3 INVALID_ARGUMENT: limit is negative" });
  // None is no limit.
  const limit = asked === 0 ? Infinity : Math.min(asked, MAX_PAGE);
  const { events } = spaceOf(call);
  const sinceId = call.query("since_id");
  const from = sinceId === "" ? call.query("since_time") : events.find(sinceId)?.create_time;
  const found = from ? events.ofSession(session, from, limit) : events.recent(session, limit);
  return jsonResponse(200, found);
}

function stream(call: Call): LocalResponse {
  const space = spaceOf(call);
  const ttlMs = timeToLive(call);
  const id = call.query("workspaceId", "workspace_id");
  const workspace = space.workspaces.get(id);
  if (id !== "") {
    if (workspace === undefined) return streamError("workspace not found");
    if (workspace.live_at < call.world.clock.now() - ttlMs) {
      return streamError("workspace not live");
    }
  }
  // Node sends the head of an answer with its first byte: with an event, or with the first keep-alive.
  const { body } = opened(call, { space, workspace, ttlMs });
  return { status: 200, headers: STREAM_HEADERS, body };
}

interface Opening {
  readonly space: Space;
  readonly workspace: Workspace | undefined;
  readonly ttlMs: number;
}

function opened(call: Call, { space, workspace, ttlMs }: Opening): EventStream {
  const { clock, streams, faults, burstBytes } = call.world;
  const heartbeatMs = positive(call.query("heartbeat_ms")) ?? HEARTBEAT_MS;
  const notesUse = call.query("heartbeat").toLowerCase() !== "none";
  const stream: EventStream = new EventStream({
    clock,
    space,
    workspace,
    after: workspace === undefined ? null : startOf(call, space),
    heartbeatMs: Math.max(MIN_HEARTBEAT_MS, heartbeatMs),
    livenessMs: notesUse ? Math.max(5_000, Math.min(60_000, Math.floor(ttlMs / 3))) : undefined,
    burstBytes,
    takeFault: () => faults.takeOnEvent(),
    onEnd: () => streams.remove(stream),
  });
  streams.add(stream);
  if (call.signal?.aborted === true) stream.end();
  call.signal?.addEventListener("abort", () => stream.end(), { once: true });
  stream.send(space.events.after(undefined));
  return stream;
}

/** After which time the stream begins; null where it can never come to a next event. */
function startOf({ world, headers, query }: Call, { events }: Space): string | null | undefined {
  const id = firstText(header(headers, "last-event-id"), query("since_id"));
  if (id === "") return query("since_time") || undefined;
  if (world.faults.takeSilence()) return null;
  // The service goes on after a list then, and no time comes after a list.
  return events.find(id)?.create_time ?? null;
}

function timeToLive({ query }: Call): number {
  const ms = positive(query("ttlMs", "ttl_ms", "ttlms"));
  const seconds = positive(query("ttlSec", "ttl_sec", "ttl"));
  if (ms !== undefined) return Math.floor(ms);
  return seconds === undefined ? WORKSPACE_TTL_MS : Math.floor(seconds * 1000);
}

function streamError(error: string) {
  const body = Buffer.from(`event: error\ndata: ${JSON.stringify({ error })}\n\n`);
  return { status: 404, headers: STREAM_HEADERS, body };
}

function toolOf(data: unknown): string | undefined {
  const call = isFields(data) ? data.tool_call : undefined;
  const named = isFields(call) && isFields(call.function) ? textOf(call.function.name) : "";
  return named === "" ? undefined : named;
}
