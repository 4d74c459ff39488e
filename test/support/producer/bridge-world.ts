import type { BridgeRun } from "../../../functions/messages/bridge-run.ts";
import type { Tenant } from "../../../functions/messages/tenant.ts";
import type { Ports, Settings } from "../../../functions/producer/ports.ts";
import { runBridge } from "../../../functions/producer/run-bridge.ts";
import type { RunResult } from "../../../functions/producer/run-bridge.ts";
import type { Send } from "../../../functions/runtime/http-client.ts";
import type { ListedObjects } from "../../../functions/runtime/google/objects.ts";
import { ObjectsInMemory } from "../objects-in-memory.ts";
import { VirtualTime } from "../virtual-time.ts";
import { ConsumerInMemory } from "./consumer-in-memory.ts";
import { responseOf, unlessEnded } from "./http-in-memory.ts";
import { WorkflowsInMemory } from "./workflows-in-memory.ts";

export const TENANT: Tenant = {
  user_id: "u",
  project_id: "p",
  workspace_id: "w",
  session_id: "s",
};

export const SETTINGS: Settings = {
  workflows: { baseUrl: "https://workflows.test", audience: "https://workflows.test" },
  consumer: { baseUrl: "https://consumer.test", audience: "https://consumer.test", secret: "" },
  consumerId: "producer",
  leaseSeconds: 60,
  heartbeatSeconds: 15,
  backoffSeconds: 1,
  lookbackSeconds: 60,
  sinceId: "",
  sinceTime: "",
  maxQueued: 4,
  maxAttempts: 3,
  toolSeconds: 60,
  idleSeconds: 120,
  shutdownSeconds: 4,
  watchSeconds: 5,
  timeoutSeconds: 3_600,
  marginSeconds: 30,
};

/** One hop of the network. */
const HOP_MS = 5;

export interface LogLine {
  readonly severity: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A process that runs the bridge, until it is killed. */
export class BridgeProcess {
  readonly #world: BridgeWorld;
  readonly #stopping = new AbortController();
  readonly gone = new AbortController();
  #isAlive = true;

  constructor(world: BridgeWorld) {
    this.#world = world;
  }

  /** Nothing that it began goes on, and nobody is told. */
  kill(): void {
    this.#isAlive = false;
    this.gone.abort();
  }

  /** As SIGTERM does. */
  stop(): void {
    this.#stopping.abort();
  }

  run(run: BridgeRun, settings: Settings): Promise<RunResult> {
    const world = this.#world;
    const isAlive = (): boolean => this.#isAlive;
    const alive = <T>(promise: Promise<T>): Promise<T> => whileAlive(promise, isAlive);
    const ports: Ports = {
      ...world.time.timers(isAlive),
      send: (request) => alive(world.send(request)),
      idToken: (audience) => Promise.resolve(`token for ${audience}`),
      random: () => world.random(),
      now: () => world.time.now,
      objects: objectsWhile(world.objects, isAlive),
      addRun: (added) => alive(world.addRun(added)),
      newId: () => `id${(world.ids += 1)}`,
      storageToken: () => Promise.resolve("storage-token"),
      makeWorkFolder: () => Promise.resolve(),
      stopping: this.#stopping.signal,
      log: (severity, message, fields) => world.lines.push({ severity, message, fields }),
      settings,
      ...world.ports,
    };
    return alive(runBridge(run, new AbortController().signal, ports));
  }
}

/** All that a bridge meets, in a time of its own. */
export class BridgeWorld {
  readonly time = new VirtualTime();
  readonly workflows = new WorkflowsInMemory(this.time);
  readonly consumer = new ConsumerInMemory(this.time);
  readonly objects = new ObjectsInMemory();
  readonly lines: LogLine[] = [];
  /** Runs that were queued and are not delivered yet. */
  readonly queued: BridgeRun[] = [];
  ids = 0;
  random: () => number = () => 0.5;
  /** In the place of what the world would do. */
  ports: Partial<Ports> = {};

  readonly send: Send = async (request) => {
    await unlessEnded(request.signal, this.time.pass(HOP_MS));
    const { host } = new URL(request.url);
    const answer =
      host === "consumer.test"
        ? this.consumer.answer(request)
        : host === "workflows.test"
          ? this.workflows.answer(request)
          : Promise.resolve(responseOf(request, 502, "There is no such host."));
    return unlessEnded(request.signal, answer);
  };

  addRun(run: BridgeRun): Promise<boolean> {
    this.queued.push(run);
    return Promise.resolve(true);
  }

  order(differences: Partial<BridgeRun> = {}): BridgeRun {
    return {
      tenant: TENANT,
      run_id: "run-1",
      started_at: new Date(this.time.now).toISOString(),
      deadline_s: 1_800,
      ...differences,
    };
  }

  /** Runs the bridge to its end, in a process that lives. */
  async run(
    settings: Partial<Settings> = {},
    differences: Partial<BridgeRun> = {},
  ): Promise<RunResult> {
    const process = new BridgeProcess(this);
    return this.time.until(process.run(this.order(differences), { ...SETTINGS, ...settings }));
  }

  /** An event that asks for a tool; its callback has the event's number. */
  ask(number: number, more: Readonly<Record<string, unknown>> = {}): string {
    const { id } = this.workflows.post({
      create_time: this.time.now / 1000,
      callback_id: `callback-${number}`,
      tool_call: {
        id: `call-${number}`,
        type: "function",
        function: { name: "READ_FILE", arguments: JSON.stringify({ filepath: `${number}.txt` }) },
      },
      ...more,
    });
    return id;
  }
}

/** Never settles once the process was killed. */
async function whileAlive<T>(promise: Promise<T>, isAlive: () => boolean): Promise<T> {
  try {
    return await promise;
  } finally {
    if (!isAlive()) await new Promise(() => undefined);
  }
}

function objectsWhile(objects: ListedObjects, isAlive: () => boolean): ListedObjects {
  const alive = <T>(promise: Promise<T>): Promise<T> => whileAlive(promise, isAlive);
  return {
    read: (name) => alive(objects.read(name)),
    create: (name, content) => alive(objects.create(name, content)),
    replace: (name, generation, content) => alive(objects.replace(name, generation, content)),
    remove: (name, generation) => alive(objects.remove(name, generation)),
    write: (name, content, type) => alive(objects.write(name, content, type)),
    list: (prefix, max) => alive(objects.list(prefix, max)),
  };
}
