import type { AddRun, CallPorts } from "../bridge/ports.ts";
import type { WorkflowsPlace } from "../bridge/workflows.ts";
import type { ListedObjects } from "../runtime/google/objects.ts";

/** What starting, stopping and looking need from the world. */
export interface Ports extends CallPorts {
  /** The state bucket. */
  readonly objects: ListedObjects;
  readonly addRun: AddRun;
  readonly settings: Settings;
}

export interface Settings {
  readonly workflows: WorkflowsPlace;
  /** Dispatch deadline of a run's task. */
  readonly deadlineSeconds: number;
  /** Whose events are meant where a request names nobody; empty for nobody. */
  readonly tenant: {
    readonly user_id: string;
    readonly project_id: string;
    readonly workspace_id: string;
    readonly session_id: string;
  };
}
