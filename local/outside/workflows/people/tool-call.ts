/** What a workflow does that calls a tool. */
import * as v from "valibot";
import { envelopeOf, newDocumentId, newEventId } from "../envelope.ts";
import type { World } from "../route.ts";
import { publish } from "../routes/events.ts";
import { makeWorkspace } from "../routes/workspaces.ts";

const Name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200), v.excludes("/"));

export const ToolCall = v.strictObject({
  user: Name,
  project: Name,
  /** The workspace that the event should reach, made where there is none. */
  workspace: Name,
  /** Default: `session`. */
  session: v.optional(Name, "session"),
  /** `READ_FILE` */
  tool: v.string(),
  arguments: v.optional(v.record(v.string(), v.unknown()), {}),
});

export type ToolCall = v.InferInput<typeof ToolCall>;

export interface ToolCalled {
  readonly eventId: string;
  readonly callbackId: string;
  /** ISO 8601. Later than that of any other event that was made so. */
  readonly createTime: string;
}

/**
 * Makes the project and a live workspace where there are none, a callback, and an event that names it. Its time is a
 * millisecond later than that of the one before, where the clock stood still: a stream that goes on after an event skips
 * those of the same time. Throws a ValiError.
 */
export function callTool(world: World, input: ToolCall): ToolCalled {
  const call = v.parse(ToolCall, input);
  const { clock, state } = world;
  const space = state.write(call.user, call.project);
  space.isMade = true;
  const workspace = space.workspaces.get(call.workspace);
  if (workspace === undefined) makeWorkspace(world, space, { id: call.workspace });
  else workspace.live_at = clock.now();
  const id = newDocumentId();
  const execution = `projects/p/locations/l/workflows/tools-CliTools/executions/${newDocumentId()}`;
  const url = `https://workflowexecutions.googleapis.com/v1/${execution}/callbacks/${id}`;
  state.addCallback(space, { id, callback_url: url });
  const time = Math.max(clock.now(), (space.lastCall ?? 0) + 1);
  space.lastCall = time;
  const event = envelopeOf(
    {
      id: newEventId(time),
      create_time: new Date(time).toISOString(),
      projectId: call.project,
      sessionId: call.session,
      source: "tools-CliTools",
      type: "tool_call",
      data: {
        // Seconds, as Google Workflows' sys.now() gives them.
        create_time: time / 1000,
        callback_id: id,
        content: null,
        tool_call: {
          id: `call_${id}`,
          type: "function",
          function: { name: call.tool, arguments: JSON.stringify(call.arguments) },
        },
        cost: 0,
        background: false,
        status: "",
        error: null,
      },
    },
    clock.now(),
  );
  publish(world, space, event);
  return { eventId: event.id, callbackId: id, createTime: event.create_time };
}
