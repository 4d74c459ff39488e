import type { AddRun, CallPorts } from "../bridge/ports.ts";
import type { WorkflowsPlace } from "../bridge/workflows.ts";
import type { Tenant } from "../messages/tenant.ts";
import type { Log } from "../runtime/log.ts";
import type { ListedObjects } from "../runtime/google/objects.ts";

/** What the bridge needs from the world. */
export interface Ports extends CallPorts {
  /** The state bucket. */
  readonly objects: ListedObjects;
  readonly addRun: AddRun;
  /** Another one at every call. */
  readonly newId: () => string;
  /** A storage token for the tenant's own objects, fresh enough to be used; undefined where none is to be sent. */
  readonly storageToken: (tenant: Tenant, log: Log) => Promise<string | undefined>;
  /** Makes the tenant's work folder, if there is a place for it. */
  readonly makeWorkFolder: (tenant: Tenant, log: Log) => Promise<void>;
  /** Aborted when this process is asked to end. */
  readonly stopping: AbortSignal;
  readonly log: Log;
  readonly settings: Settings;
}

export interface ConsumerPlace {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Undefined where it is sent no ID token. */
  readonly audience: string | undefined;
  /** Shared secret; empty for none. */
  readonly secret: string;
}

/** What the environment decides. */
export interface Settings {
  readonly workflows: WorkflowsPlace;
  readonly consumer: ConsumerPlace;
  /** First part of the names at the lock. */
  readonly consumerId: string;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  readonly backoffSeconds: number;
  readonly lookbackSeconds: number;
  /** Of a start that names no position; empty for none. */
  readonly sinceId: string;
  readonly sinceTime: string;
  readonly maxQueued: number;
  readonly maxAttempts: number;
  readonly toolSeconds: number;
  /** 0 for never. */
  readonly idleSeconds: number;
  readonly shutdownSeconds: number;
  readonly watchSeconds: number;
  /** What one request to this service may take. */
  readonly timeoutSeconds: number;
  readonly marginSeconds: number;
}
