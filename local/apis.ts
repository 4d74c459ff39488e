/** Google's APIs as they are simulated here, by host name. A further one is made, routed, applied and stopped here. */
import type { AccessSecret } from "./function-host/secret-environment.ts";
import { serveApi } from "./gateway/codec.ts";
import type { HostHandler, Route } from "./gateway/host-handler.ts";
import { serveRest } from "./gateway/rest-simulator.ts";
import { GOOGLE_KEY_HOSTS, serveGoogleKeys } from "./identity/google-keys.ts";
import type { Issuer } from "./identity/issuer.ts";
import type { Bucket, Plan, Queue, Subscription, Topic } from "./plan.ts";
import { pubSub } from "./simulators/pubsub/index.ts";
import { cloudRun } from "./simulators/run/index.ts";
import { secretManager, type SecretManager } from "./simulators/secrets/index.ts";
import { cloudStorage, type CloudStorage } from "./simulators/storage/index.ts";
import { cloudTasks } from "./simulators/tasks/index.ts";
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
  /** What instances read when they start. */
  readonly accessSecret: AccessSecret;
  /** Writes an object for the local cloud itself. */
  readonly putObject: CloudStorage["putObject"];
  readonly stop: () => void;
}

export function createApis({ cloud, issuer, plan, dedupWindowSeconds }: ApisOptions): Apis {
  const tasks = cloudTasks(cloud, { dedupWindowSeconds });
  const run = cloudRun(cloud, { services: () => plan().functions });
  const queues = new Declared<Queue>(
    (queue) => tasks.declareQueue(queue),
    (name) => tasks.removeQueue(name),
  );
  const storage = cloudStorage(cloud);
  const buckets = new Declared<Bucket>(
    (bucket) => storage.declareBucket(bucket),
    (name) => storage.removeBucket(name),
  );
  const messaging = pubSub(cloud);
  const topics = new Declared<Topic>(
    (topic) => messaging.declareTopic(topic),
    (name) => messaging.removeTopic(name),
  );
  const subscriptions = new Declared<Subscription>(
    (subscription) => messaging.declareSubscription(subscription),
    (name) => messaging.removeSubscription(name),
  );
  const secrets = secretManager(cloud);
  const declaredSecrets = new DeclaredSecrets(secrets);

  const serving = { cloud, principalOf: issuer.principalOf };
  const runAdmin = serveRest(run, serving);
  const objects = serveRest(storage, serving);
  const googleKeys: HostHandler = { http: serveGoogleKeys(issuer) };
  const handlers = new Map<string, HostHandler>([
    [tasks.host, serveApi(tasks, serving)],
    [messaging.host, serveApi(messaging, serving)],
    [secrets.host, serveApi(secrets, serving)],
    ...storage.hosts.map((host) => [host, objects] as const),
    ...GOOGLE_KEY_HOSTS.map((host) => [host, googleKeys] as const),
  ]);
  return {
    // Cloud Run's hosts follow the regions of the plan.
    route: (host) => (run.hosts.includes(host) ? runAdmin : handlers.get(host)),
    apply: (next) => {
      queues.apply(next.queues);
      buckets.apply(next.buckets);
      // A subscription is refused where a topic that it names is missing.
      topics.apply(next.topics);
      subscriptions.apply(next.subscriptions);
      declaredSecrets.apply(next.secrets);
    },
    accessSecret: secrets.access,
    putObject: storage.putObject,
    stop: () => {
      tasks.stop();
      storage.stop();
      messaging.stop();
    },
  };
}

/** What the program says nothing new about stays as it is, with what was changed over the API. */
class Declared<Item extends { readonly name: string }> {
  /** Name → settings, as they were declared last. */
  readonly #settings = new Map<string, string>();
  readonly #declare: (item: Item) => void;
  readonly #remove: (name: string) => void;

  constructor(declare: (item: Item) => void, remove: (name: string) => void) {
    this.#declare = declare;
    this.#remove = remove;
  }

  apply(items: readonly Item[]): void {
    const names = new Set(items.map(({ name }) => name));
    for (const name of this.#settings.keys()) {
      if (names.has(name)) continue;
      this.#settings.delete(name);
      this.#remove(name);
    }
    for (const item of items) {
      const settings = JSON.stringify(item);
      if (this.#settings.get(item.name) === settings) continue;
      this.#settings.set(item.name, settings);
      this.#declare(item);
    }
  }
}

/** A secret that the program says nothing new about stays as it is, with what was changed over the API. */
class DeclaredSecrets {
  /** Name → what was declared last. */
  #declared = new Map<string, Plan["secrets"][number]>();
  readonly #manager: SecretManager;

  constructor(manager: SecretManager) {
    this.#manager = manager;
  }

  apply(secrets: Plan["secrets"]): void {
    const before = this.#declared;
    this.#declared = new Map(secrets.map((secret) => [secret.name, secret]));
    for (const name of before.keys()) {
      if (!this.#declared.has(name)) this.#manager.removeSecret(name);
    }
    for (const secret of secrets) {
      const { name, labels, value } = secret;
      const last = before.get(name);
      if (JSON.stringify(last) !== JSON.stringify(secret)) {
        this.#manager.declareSecret({ name, labels });
      }
      if (value !== undefined && last?.value?.reveal() !== value.reveal()) {
        this.#manager.declareVersion(name, Buffer.from(value.reveal()));
      }
    }
  }
}
