/** How far a project's events, or a session's, have been worked through. */
import { jsonResponse, type LocalResponse } from "../../../http/message.ts";
import type { WrittenCursor } from "../records.ts";
import { route, spaceOf, type Call } from "../route.ts";
import { firstText, textOf, type Fields } from "../values.ts";

export const CURSOR_ROUTES = [
  route("GET /events/cursors", read, "read-cursor"),
  route("POST /events/cursors", write, "write-cursor"),
];

interface Named {
  readonly project: string;
  readonly session: string;
}

function read(call: Call): LocalResponse {
  const { query } = call;
  const named = namesOf(call, {
    workspace: query("workspaceId", "workspace_id"),
    project: query("projectId", "project_id"),
    session: query("sessionId", "session_id"),
  });
  if ("status" in named) return named;
  const { project, session } = named;
  const { cursors } = spaceOf(call);
  return jsonResponse(200, {
    projectId: project,
    sessionId: session || null,
    project: cursors.get("project") ?? null,
    session: session === "" ? null : (cursors.get(`session:${session}`) ?? null),
  });
}

/** The last write counts, wherever it points. */
function write(call: Call): LocalResponse {
  const { world, fields, user } = call;
  const named = namesOf(call, {
    workspace: firstText(fields.workspaceId, fields.workspace_id),
    project: firstText(fields.projectId, fields.project_id),
    session: firstText(fields.sessionId, fields.session_id),
  });
  if ("status" in named) return named;
  const { project, session } = named;
  const eventId = firstText(fields.eventId, fields.id);
  const timestamp = timestampOf(fields);
  if (eventId === "") return jsonResponse(400, { error: "eventId required" });
  if (timestamp === "") return jsonResponse(400, { error: "timestamp required" });
  const targets = targetsOf(firstText(fields.target).toLowerCase(), session);
  if (targets.includes("session") && session === "") {
    return jsonResponse(400, { error: "sessionId required for session-target cursor" });
  }
  const space = world.state.write(user, call.project);
  const at = world.clock.now();
  const cursor = { timestamp, updatedAt: new Date(at).toISOString() };
  for (const target of targets) {
    const stored = { eventId, ...(target === "session" && { sessionId: session }), ...cursor };
    world.state.setCursor(space, target === "session" ? `session:${session}` : target, stored);
    world.records.cursors.note({ user, project: call.project, at, target, ...stored });
  }
  return jsonResponse(200, {
    ok: true,
    projectId: project,
    sessionId: session || null,
    updated: targets,
  });
}

/** A workspace names its project and its session, where these are not named themselves. */
function namesOf(call: Call, given: Named & { readonly workspace: string }): Named | LocalResponse {
  const workspace = spaceOf(call).workspaces.get(given.workspace);
  if (given.workspace !== "" && workspace === undefined) {
    return jsonResponse(404, { error: "workspace not found" });
  }
  const project = given.project || (workspace?.projectId ?? "");
  if (project === "") return jsonResponse(400, { error: "projectId or workspaceId required" });
  return { project, session: given.session || (workspace?.sessionId ?? "") };
}

function targetsOf(target: string, session: string): readonly WrittenCursor["target"][] {
  if (target === "both") return ["project", "session"];
  if (target === "project" || target === "session") return [target];
  return session === "" ? ["project"] : ["session"];
}

function timestampOf({ timestamp, create_time, time }: Fields): string {
  const given = timestamp ?? firstText(create_time, time);
  return given === 0 ? "0" : textOf(given);
}
