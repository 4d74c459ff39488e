/** Google's APIs as they are simulated here, by host name. A further one is made, routed, applied and stopped here. */
import { serveApi } from "./gateway/codec.ts";
import type { HostHandler, Route } from "./gateway/host-handler.ts";
import { serveRest } from "./gateway/rest-simulator.ts";
import { GOOGLE_KEY_HOSTS, serveGoogleKeys } from "./identity/google-keys.ts";
import type { Issuer } from "./identity/issuer.ts";
import type { Plan } from "./plan.ts";
import { cloudRun } from "./simulators/run/index.ts";
import { cloudTasks, type CloudTasks } from "./simulators/tasks/index.ts";
import type { Cloud } from "./simulators/types.ts";

export interface ApisOptions {
  readonly cloud: Cloud;
  readonly issuer: Issuer;
  /** The plan in force. */
  readonly plan: () => Plan;
  /** How long a task's name stays taken after its task is gone. Default: an hour. */
  readonly dedupWindowSeconds?: number | undefined;
}

export interface Apis {
  readonly route: Route;
  /** Takes what a plan declares into use. */
  readonly apply: (plan: Plan) => void;
  readonly stop: () => void;
}

export function createApis({ cloud, issuer, plan, dedupWindowSeconds }: ApisOptions): Apis {
  const tasks = cloudTasks(cloud, { dedupWindowSeconds });
  const run = cloudRun(cloud, { services: () => plan().functions });
  const queues = new DeclaredQueues(tasks);

  const serving = { cloud, principalOf: issuer.principalOf };
  const runAdmin = serveRest(run, serving);
  const googleKeys: HostHandler = { http: serveGoogleKeys(issuer) };
  const handlers = new Map<string, HostHandler>([
    [tasks.host, serveApi(tasks, serving)],
    ...GOOGLE_KEY_HOSTS.map((host) => [host, googleKeys] as const),
  ]);
  return {
    // Cloud Run's hosts follow the regions of the plan.
    route: (host) => (run.hosts.includes(host) ? runAdmin : handlers.get(host)),
    apply: (next) => queues.apply(next.queues),
    stop: () => tasks.stop(),
  };
}

/** A queue that the program says nothing new about stays as it is, with what was changed over the API. */
class DeclaredQueues {
  /** Name → settings, as they were declared last. */
  readonly #declared = new Map<string, string>();
  readonly #tasks: CloudTasks;

  constructor(tasks: CloudTasks) {
    this.#tasks = tasks;
  }

  apply(queues: Plan["queues"]): void {
    const names = new Set(queues.map(({ name }) => name));
    for (const name of this.#declared.keys()) {
      if (names.has(name)) continue;
      this.#declared.delete(name);
      this.#tasks.removeQueue(name);
    }
    for (const queue of queues) {
      const settings = JSON.stringify(queue);
      if (this.#declared.get(queue.name) === settings) continue;
      this.#declared.set(queue.name, settings);
      this.#tasks.declareQueue(queue);
    }
  }
}
