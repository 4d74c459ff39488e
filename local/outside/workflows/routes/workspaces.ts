/** Workspaces: through which a project's events are streamed. On the original this route is the people's side only. */
import { jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { newDocumentId } from "../envelope.ts";
import type { Workspace } from "../model.ts";
import { route, type Call, type World } from "../route.ts";
import type { Space } from "../state.ts";
import { textOf } from "../values.ts";

export const WORKSPACE_ROUTES = [route("POST /workspace/register", register)];

/** Makes a workspace that is live. Without an id it gets one; without a session it is for all events of the project. */
export function makeWorkspace(
  { clock, state }: World,
  space: Space,
  given: { readonly id?: string | undefined; readonly session?: string | undefined },
): Workspace {
  const now = clock.now();
  const workspace: Workspace = {
    id: given.id ?? newDocumentId(),
    projectId: space.project,
    sessionId: given.session ?? null,
    created: now,
    live_at: now,
  };
  state.addWorkspace(space, workspace);
  return workspace;
}

function register({ world, user, project, fields }: Call): LocalResponse {
  const named = textOf(fields.projectId);
  if (named === "") return jsonResponse(400, { error: "projectId is required" });
  if (!world.state.read(user, named).isMade) {
    return jsonResponse(400, { error: "Project not found" });
  }
  const session = textOf(fields.sessionId) || undefined;
  const { id } = makeWorkspace(world, world.state.write(user, project), { session });
  return jsonResponse(201, { id });
}
