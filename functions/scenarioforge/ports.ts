import type { ScenarioNode, ScenarioSweep } from "../messages/scenario-node.ts";
import type { RunStores } from "../scenarios/run-store.ts";
import type { ContentionPorts } from "../scenarios/runs.ts";
import type { Versions } from "../scenarios/signature.ts";

/** Tasks for the worker. A task that exists already is not added again. */
export interface Tasks {
  addNode(task: ScenarioNode): Promise<void>;
  /** `window`: one sweep for each. */
  addSweep(task: ScenarioSweep, window: number): Promise<void>;
}

/** Texts as vectors of length 1, by a model. Rejects where that cannot be had. */
export type Embed = (texts: readonly string[], model: string, key: string) => Promise<number[][]>;

/** What the run API needs from the world. */
export interface Ports extends ContentionPorts {
  readonly stores: RunStores;
  readonly tasks: Tasks;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 32 hexadecimal digits, other ones at every call. */
  readonly newId: () => string;
  readonly embed: Embed;
  readonly settings: ApiSettings;
}

/** What the environment says. */
export interface ApiSettings {
  readonly versions: Versions;
  /** `gs://bucket/prefix` */
  readonly location: string;
  readonly prefix: string;
  readonly vectorStore: "off" | "gcs";
  readonly model: string;
  readonly embedModel: string;
  readonly sealKey: string;
  readonly runLeaseSeconds: number;
  readonly waitSeconds: number;
  readonly waitPollSeconds: number;
  readonly sweepSeconds: number;
  readonly maxUploadBytes: number;
  readonly maxUploadFiles: number;
}
