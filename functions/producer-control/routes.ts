import type * as v from "valibot";
import type { Tenant } from "../messages/tenant.ts";
import type { Incoming, Route } from "../runtime/door/http-handler.ts";
import type { Reply } from "../runtime/door/reply.ts";
import { deadLetters, resend } from "./dead-letters.ts";
import type { Ports } from "./ports.ts";
import {
  DeadLettersRequest,
  ResendRequest,
  StartRequest,
  StatusRequest,
  StopRequest,
  namesAnybody,
  tenantOf,
} from "./requests.ts";
import { start } from "./start.ts";
import { statusOf, statusOfAll } from "./status.ts";
import { stop } from "./stop.ts";

const MAX_BODY_BYTES = 65_536;

/** Reads a body as a schema says: 400, 422. */
type Parse = <const Schema extends v.GenericSchema<unknown, object>>(
  schema: Schema,
  body: Buffer,
) => { readonly input: v.InferOutput<Schema> };

/** The routes of the role, by path (producer contract, 4.5, and Decisions 5). */
export function routesOf(ports: Ports, parseBody: Parse): Readonly<Record<string, Route>> {
  const tenantIn = (body: object, headers: Incoming["headers"]): Tenant =>
    tenantOf(body, headers, ports.settings.tenant);
  return {
    "/producer/start": route(async ({ body, headers }) => {
      const { input } = parseBody(StartRequest, body);
      const tenant = tenantIn(input, headers);
      return ok(202, { ...(await start(input, tenant, ports)), workspaceId: tenant.workspace_id });
    }),
    "/producer/stop": route(async ({ body, headers }) => {
      const { input } = parseBody(StopRequest, body);
      return ok(200, await stop(input, tenantIn(input, headers), ports));
    }),
    "/producer/status": route(async ({ body, headers }) => {
      const { input } = parseBody(StatusRequest, body);
      const workspaces = namesAnybody(input, headers)
        ? [await statusOf(tenantIn(input, headers), ports)]
        : await statusOfAll(ports);
      return ok(200, { workspaces });
    }),
    "/producer/dead-letters": route(async ({ body, headers }) => {
      const { input } = parseBody(DeadLettersRequest, body);
      const letters = await deadLetters(tenantIn(input, headers), ports);
      return ok(200, { dead_letters: letters });
    }),
    "/producer/dead-letters/resend": route(async ({ body, headers }) => {
      const { input } = parseBody(ResendRequest, body);
      return ok(202, await resend(input.eventIds, tenantIn(input, headers), ports));
    }),
  };
}

function route(handle: (incoming: Incoming) => Promise<Reply>): Route {
  return { maxBodyBytes: MAX_BODY_BYTES, handle };
}

function ok(status: number, body: object): Reply {
  return { status, body: { ok: true, ...body } };
}
