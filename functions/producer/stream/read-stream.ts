import { backoffSeconds } from "../../bridge/backoff.ts";
import { open } from "../../bridge/workflows.ts";
import { within } from "../../bridge/within.ts";
import type { Tenant } from "../../messages/tenant.ts";
import { eventsBeside } from "./beside.ts";
import { eventParser } from "./event-parser.ts";
import type { Position } from "./position.ts";
import type { Ports } from "../ports.ts";
import { isToolEvent, readEvent } from "./tool-event.ts";
import type { OtherEvent, ToolEvent } from "./tool-event.ts";
import { watched } from "./watched.ts";

/** Sixteen times what the workflows service takes by default, 65,536 bytes. */
const MAX_EVENT_CHARACTERS = 1_048_576;
/** A stream that is silent for so many heartbeats is not there any more. */
const SILENT_HEARTBEATS = 3;
const REFUSALS = [400, 401, 403];
/** After so long without an event it is asked for the first time whether there would be any. It doubles up to a minute. */
const FIRST_PEEK_SECONDS = 3;
const MAX_PEEK_SECONDS = 60;
const PEEK_TIMEOUT_SECONDS = 5;
const PEEK_HEARTBEAT_MS = "1000";

export interface Reading {
  readonly tenant: Tenant;
  readonly position: Position;
  readonly heartbeatSeconds: number;
  readonly backoffSeconds: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Takes each event once, in order; the stream is not read on before it resolves. */
  readonly take: (event: ToolEvent | OtherEvent) => Promise<void>;
  readonly onReconnect: (reason: string) => void;
}

/** Reads the stream until it is told to end, over as many connections as that takes. A reason where it is refused. */
export async function readStream(reading: Reading, ports: Ports): Promise<string | undefined> {
  const { signal } = reading;
  for (let failures = 0; ;) {
    const { isHealthy, reason, isRefused } = await readOnce(reading, ports);
    if (signal.aborted) return undefined;
    if (isRefused) return reason;
    reading.onReconnect(reason);
    // A stream that brought something is resumed at once: it is cut after every large event (producer contract, 1.8).
    failures = isHealthy ? 0 : failures + 1;
    if (isHealthy) continue;
    const seconds = backoffSeconds(failures, reading.backoffSeconds, ports.random);
    await ports.wait(seconds, signal).catch(() => undefined);
  }
}

interface Ended {
  readonly isHealthy: boolean;
  readonly isRefused: boolean;
  readonly reason: string;
}

async function readOnce(reading: Reading, ports: Ports): Promise<Ended> {
  const { position, heartbeatSeconds } = reading;
  const connection = new AbortController();
  const end = (): void => connection.abort();
  if (reading.signal.aborted) end();
  reading.signal.addEventListener("abort", end);
  const silence = SILENT_HEARTBEATS * heartbeatSeconds;
  const stopPeeking = position.isById ? peekWhileSilent(reading, end, ports) : () => undefined;
  let isHealthy = false;
  const take = async (event: ToolEvent | OtherEvent): Promise<void> => {
    const isNew = position.isNew(event);
    position.received(event);
    if (!isNew) return;
    isHealthy = true;
    await reading.take(event);
  };
  try {
    const since = position.since();
    if ("since_id" in since) {
      const { tenant, signal } = reading;
      for (const event of await eventsBeside(since.since_id, tenant, signal, ports)) {
        await take(event);
      }
    }
    const path = streamPath(reading.tenant, {
      ...position.since(),
      heartbeat_ms: String(heartbeatSeconds * 1000),
    });
    // The status comes with the first heartbeat only.
    const response = await untilHead(silence, connection, ports, () =>
      open(ports.settings.workflows, reading.tenant, stream(path), connection.signal, ports),
    );
    if (response.status !== 200) {
      response.close();
      const reason = `The stream answered ${response.status}.`;
      return { isHealthy, isRefused: REFUSALS.includes(response.status), reason };
    }
    const parse = eventParser(MAX_EVENT_CHARACTERS);
    for await (const chunk of watched(response, silence, ports)) {
      for (const parsed of parse(chunk)) {
        if (parsed.kind === "comment") continue;
        const event = readEvent(parsed, {
          toolSeconds: ports.settings.toolSeconds,
          now: ports.now(),
        });
        if (event === undefined) {
          ports.log("WARNING", "An event without an id is left out: nobody could answer for it");
          continue;
        }
        stopPeeking();
        await take(event);
        if (reading.signal.aborted) break;
      }
    }
    return { isHealthy, isRefused: false, reason: "The stream ended." };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { isHealthy, isRefused: false, reason };
  } finally {
    stopPeeking();
    reading.signal.removeEventListener("abort", end);
    connection.abort();
  }
}

function stream(path: string) {
  return { method: "GET" as const, path, headers: { Accept: "text/event-stream" } };
}

function streamPath(tenant: Tenant, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({
    projectId: tenant.project_id,
    workspaceId: tenant.workspace_id,
    ...parameters,
  });
  return `/events/stream?${query.toString()}`;
}

async function untilHead<T>(
  seconds: number,
  connection: AbortController,
  { after }: Pick<Ports, "after">,
  action: () => Promise<T>,
): Promise<T> {
  const cancel = after(seconds, () => connection.abort());
  try {
    return await action();
  } finally {
    cancel();
  }
}

/**
 * While nothing comes, asks by time whether anything should: an id that the service does not know leaves the stream open
 * and silent for ever (producer contract, 1.8). Then the connection is ended, and the next goes by time.
 */
function peekWhileSilent(reading: Reading, endConnection: () => void, ports: Ports): () => void {
  let cancel = (): void => undefined;
  let isOver = false;
  const later = (seconds: number): void => {
    cancel = ports.after(seconds, () => {
      void hasNews(reading, () => true, ports).then((isNews) => {
        if (isOver) return;
        if (!isNews) {
          later(Math.min(MAX_PEEK_SECONDS, seconds * 2));
          return;
        }
        ports.log("WARNING", "The stream knows the last event no more; it is resumed by time");
        reading.position.goByTime();
        endConnection();
      });
    });
  };
  later(FIRST_PEEK_SECONDS);
  return () => {
    isOver = true;
    cancel();
  };
}

/** Whether there is an event behind the position, as streams of its own tell until the first heartbeat. */
async function hasNews(
  { tenant, position, signal }: Pick<Reading, "tenant" | "position" | "signal">,
  isWanted: (event: ToolEvent | OtherEvent) => boolean,
  ports: Ports,
): Promise<boolean> {
  const look = async (timed: AbortSignal): Promise<boolean> => {
    let since: Readonly<Record<string, string>> = position.sinceTime();
    for (;;) {
      const path = streamPath(tenant, {
        ...since,
        heartbeat_ms: PEEK_HEARTBEAT_MS,
        heartbeat: "none",
      });
      const seen = await firstNews(path, timed);
      if (typeof seen === "boolean") return seen;
      // It is cut after every large event (producer contract, 1.8), which says nothing of those behind that one.
      since = { since_id: seen.cutAfter };
    }
  };
  const firstNews = async (
    path: string,
    timed: AbortSignal,
  ): Promise<boolean | { readonly cutAfter: string }> => {
    const response = await open(ports.settings.workflows, tenant, stream(path), timed, ports);
    let last: string | undefined;
    try {
      if (response.status !== 200) return false;
      const parse = eventParser(MAX_EVENT_CHARACTERS);
      for await (const chunk of response.body) {
        for (const parsed of parse(chunk)) {
          if (parsed.kind === "comment") return false;
          const event = readEvent(parsed, { toolSeconds: 0, now: ports.now() });
          if (event === undefined) continue;
          if (position.isNew(event) && isWanted(event)) return true;
          last = event.id;
        }
      }
      return last === undefined ? false : { cutAfter: last };
    } finally {
      response.close();
    }
  };
  return within(PEEK_TIMEOUT_SECONDS, signal, ports, look).catch(() => false);
}

/** Whether there is a tool event behind the position. */
export function hasWork(reading: Pick<Reading, "tenant" | "position" | "signal">, ports: Ports) {
  return hasNews(reading, isToolEvent, ports);
}
