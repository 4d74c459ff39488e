import * as v from "valibot";
import { ask } from "../../bridge/workflows.ts";
import type { Tenant } from "../../messages/tenant.ts";
import type { Ports } from "../ports.ts";
import { readEvent } from "./tool-event.ts";
import type { OtherEvent, ToolEvent } from "./tool-event.ts";

const TIMEOUT_SECONDS = 5;
/** More than ever fall into one millisecond, and together no longer than an answer may be. */
const MAX_EVENTS = "10";

const Page = v.array(v.object({ id: v.string(), create_time: v.string(), data: v.unknown() }));

/**
 * The events of the same millisecond as one that a stream is to be resumed after: the service would leave them out
 * (producer contract, 1.8). They are asked for as a page of the session's events. Without a session, or an answer, there are
 * none.
 */
export async function eventsBeside(
  id: string,
  tenant: Tenant,
  signal: AbortSignal,
  ports: Ports,
): Promise<readonly (ToolEvent | OtherEvent)[]> {
  const { settings, now } = ports;
  if (tenant.session_id === undefined) return [];
  const query = new URLSearchParams({
    sessionId: tenant.session_id,
    since_id: id,
    limit: MAX_EVENTS,
  });
  const call = { method: "GET" as const, path: `/events?${query.toString()}` };
  const limits = { seconds: TIMEOUT_SECONDS, signal };
  const answer = await ask(settings.workflows, tenant, call, limits, ports);
  const page = v.safeParse(Page, answer?.json);
  if (answer?.status !== 200 || !page.success) return [];
  const time = page.output.find((event) => event.id === id)?.create_time;
  return page.output
    .filter((event) => event.create_time === time && event.id !== id)
    .flatMap((event) => {
      const parsed = { kind: "event" as const, id: event.id, data: JSON.stringify(event.data) };
      return readEvent(parsed, { toolSeconds: settings.toolSeconds, now: now() }) ?? [];
    });
}
