import type { ScenarioNode } from "../messages/scenario-node.ts";
import type { Term } from "../runtime/kept-lease.ts";
import type { Timers } from "../runtime/timers.ts";
import type { GeminiPorts } from "../scenarios/gemini/call.ts";
import type { RunStores } from "../scenarios/run-store.ts";
import type { ContentionPorts } from "../scenarios/runs.ts";
import type { Fetched } from "./nodes/node.ts";

/** Tasks of this worker's own queue. */
export interface Tasks {
  /** The same node of the same execution is there once, however often it is added. */
  addNode(task: ScenarioNode): Promise<void>;
}

/** What may be spent on a run: another attempt that would go beyond is final. */
export interface Budget {
  readonly requests: number;
  readonly tokens: number;
}

export interface WorkerSettings {
  /** How long a node's lease holds without being renewed. */
  readonly term: Term;
  readonly maxAttempts: number;
  /** How long one attempt may take. */
  readonly timeoutSeconds: number;
  readonly runLeaseSeconds: number;
  /** Opens the LLM keys of callers. 32 bytes in base64. */
  readonly sealKey: string;
  /** The server's own LLM key; undefined where there is none. */
  readonly key: string | undefined;
  readonly budget: Budget;
}

/** What running nodes needs from the world. */
export interface Ports extends ContentionPorts, Timers, GeminiPorts {
  readonly wait: Timers["wait"];
  readonly stores: RunStores;
  readonly tasks: Tasks;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Another one at every call. */
  readonly newId: () => string;
  /** A public page of the web. @throws NodeFailure with the reason in words */
  readonly fetchPage: (url: string, signal: AbortSignal) => Promise<Fetched>;
  readonly settings: WorkerSettings;
}
