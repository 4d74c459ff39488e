import type { ScenarioNode } from "../messages/scenario-node.ts";
import type { NodeEvent, Run } from "../scenarios/run.ts";
import type { RunStore } from "../scenarios/run-store.ts";

/** What the delivery of a task is about, read when it came. */
export interface Delivered {
  readonly task: ScenarioNode;
  readonly store: RunStore;
  readonly run: Run;
}

/** Which execution of the run an event belongs to. */
export function executionOf({ execution = 1 }: NodeEvent): number {
  return execution;
}

/** The events of attempts at a node in this execution. */
export function attemptsAt(task: ScenarioNode, events: readonly NodeEvent[]): NodeEvent[] {
  return events.filter(
    (event) => event.node === task.node && executionOf(event) === task.execution,
  );
}
