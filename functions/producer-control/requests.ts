import * as v from "valibot";
import { EventId, IsoTime } from "../messages/bridge-run.ts";
import { Tenant, TenantId } from "../messages/tenant.ts";
import { HttpError } from "../runtime/errors.ts";
import type { Incoming } from "../runtime/door/http-handler.ts";
import type { Settings } from "./ports.ts";

/** Whose events are meant, in the names of the workflows service's own API (producer contract, 4.5). */
const context = {
  userId: v.optional(TenantId),
  projectId: v.optional(TenantId),
  workspaceId: v.optional(TenantId),
  sessionId: v.optional(TenantId),
};

function milliseconds(min: number, max: number) {
  const kind = "must be a whole number of milliseconds";
  return v.optional(
    v.pipe(
      v.number(kind),
      v.integer(kind),
      v.minValue(min, `must be at least ${min}`),
      v.maxValue(max, `must be at most ${max}`),
    ),
  );
}

/** The body of `POST /producer/start`. */
export const StartRequest = v.strictObject({
  ...context,
  /** Where to begin if no cursor was ever committed. Default: a minute before now. */
  since_id: v.optional(EventId),
  since_time: v.optional(IsoTime),
  /** 5 s to 10 min; the bridge takes no less than 30 s. */
  leaseMs: milliseconds(5_000, 600_000),
  eventsHeartbeatMs: milliseconds(1_000, 300_000),
  reconnectBackoffMs: milliseconds(1, 30_000),
});
export type StartRequest = v.InferOutput<typeof StartRequest>;

/** The body of `POST /producer/stop`. */
export const StopRequest = v.strictObject({
  ...context,
  /** Takes the lock away too: for a holder that died. What it has in flight may be done twice. Default false. */
  force: v.optional(v.boolean("must be true or false"), false),
});
export type StopRequest = v.InferOutput<typeof StopRequest>;

/** The body of `POST /producer/status`. Without any id all workspaces are meant. */
export const StatusRequest = v.strictObject(context);
export type StatusRequest = v.InferOutput<typeof StatusRequest>;

/** The body of `POST /producer/dead-letters`. */
export const DeadLettersRequest = v.strictObject(context);

/** The body of `POST /producer/dead-letters/resend`. */
export const ResendRequest = v.strictObject({
  ...context,
  /** Ids of events. */
  eventIds: v.pipe(
    v.array(EventId, "must be a list of ids"),
    v.nonEmpty("must name at least one"),
    v.maxLength(100, "must name at most 100"),
  ),
});

type Named = Readonly<Partial<Record<keyof typeof context, string>>>;

/** By the body first, then by headers, then as the environment says; 422 where that names nobody. */
export function tenantOf(
  body: Named,
  headers: Incoming["headers"],
  defaults: Settings["tenant"],
): Tenant {
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const named = {
    user_id: body.userId ?? header("x-user-id") ?? defaults.user_id,
    project_id: body.projectId ?? header("x-project-id") ?? defaults.project_id,
    workspace_id: body.workspaceId ?? header("x-workspace-id") ?? defaults.workspace_id,
    session_id: (body.sessionId ?? header("x-session-id") ?? defaults.session_id) || undefined,
  };
  const read = v.safeParse(Tenant, named);
  if (read.success) return read.output;
  const path = v.getDotPath(read.issues[0]) ?? "";
  const field = FIELDS.get(path) ?? path;
  const what = named[path as keyof typeof named] === "" ? "is required" : read.issues[0].message;
  throw new HttpError(422, "invalid_field", `\`${field}\` ${what}.`, { field });
}

const FIELDS: ReadonlyMap<string, string> = new Map([
  ["user_id", "userId"],
  ["project_id", "projectId"],
  ["workspace_id", "workspaceId"],
  ["session_id", "sessionId"],
]);

/** Whether a request names anybody. */
export function namesAnybody(body: Named, headers: Incoming["headers"]): boolean {
  const named = ["x-user-id", "x-project-id", "x-workspace-id"].some((name) => headers[name]);
  return named || Object.values(body).some((value) => value !== "");
}
