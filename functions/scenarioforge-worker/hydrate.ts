import { addEvent, withAttempt } from "../scenarios/events.ts";
import { timestamp } from "../scenarios/json.ts";
import type { NodeEvent } from "../scenarios/run.ts";
import { stepsOf } from "../scenarios/run.ts";
import { executionOf } from "./delivered.ts";
import type { Delivered } from "./delivered.ts";
import type { Ports } from "./ports.ts";
import type { Launched } from "./work.ts";

/**
 * Notes the nodes whose artifacts a resumed run goes on from. Only the first node of an execution finds any without an
 * event of it.
 */
export async function hydrate(
  { task, store }: Delivered,
  events: readonly NodeEvent[],
  { request }: Launched,
  ports: Ports,
): Promise<void> {
  if (task.execution === 1 || events.some((event) => executionOf(event) === task.execution)) return;
  const steps = stepsOf({ generateStrategies: request.generate_strategies });
  const earlier = steps.slice(
    0,
    steps.findIndex(({ name }) => name === task.node),
  );
  for (const { name, inputs, outputs } of earlier) {
    const last = events.findLast(({ node }) => node === name);
    const event = withAttempt(events, {
      timestamp: timestamp(ports.now()),
      node: name,
      status: last?.status === "SKIPPED" ? "SKIPPED" : "HYDRATED",
      inputs: [...inputs],
      outputs: [...outputs],
      tools: ["hydrate"],
      schema_validated: true,
      duration_seconds: 0,
      execution: task.execution,
    });
    await addEvent(store, task.run_id, event);
  }
}
