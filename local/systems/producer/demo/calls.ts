/** How the producer's story calls tools and sees what comes back. */
import type { Answer, Stage } from "../../../demo/stage.ts";
import type { ToolCalled } from "../../../outside/workflows/people/tool-call.ts";
import { workflowsOf } from "../attach.ts";

/** Whose workspace the story is told in. */
export const WHO = {
  user: "user-1",
  project: "project-1",
  workspace: "workspace-1",
  session: "session",
};

/** Asks producer-control about the workspace. */
export function control(stage: Stage, path: string, body: object = {}): Promise<Answer> {
  const { user, project, workspace, session } = WHO;
  const who = { userId: user, projectId: project, workspaceId: workspace, sessionId: session };
  return stage.ask("producer-control", `/producer/${path}`, { ...who, ...body });
}

/** Starts a bridge for the workspace, unless one works there already. */
export async function start(stage: Stage): Promise<number> {
  const { status } = await control(stage, "start");
  return status;
}

/** What a workflow does that wants a tool run: it posts an event and waits for its callback. */
export function call(stage: Stage, tool: string, args: Readonly<Record<string, unknown>>) {
  const called = workflowsOf(stage.cloud).callTool({ ...WHO, tool, arguments: args });
  stage.say(`A workflow calls ${tool}(${JSON.stringify(args)}): event ${called.eventId}.`);
  return called;
}

/** Waits until every callback was called. */
export async function untilAnswered(stage: Stage, calls: readonly ToolCalled[]): Promise<void> {
  await stage.until(() => calls.every((each) => answersTo(stage, each).length > 0));
}

/** The bodies that came for a callback and were taken, oldest first. */
export function answersTo(stage: Stage, { callbackId }: ToolCalled): readonly unknown[] {
  return workflowsOf(stage.cloud)
    .records.callbacks.all.filter(({ id, status }) => id === callbackId && status === 200)
    .map(({ body }) => body);
}

/** Where the workspace's cursor stands: the event's id; undefined where none was ever committed. */
export function cursorOf(stage: Stage): string | undefined {
  return workflowsOf(stage.cloud).project(WHO.user, WHO.project).cursors.get("project")?.eventId;
}
