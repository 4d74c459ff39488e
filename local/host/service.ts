/** One function as Cloud Run serves it: instances start on request, share requests, end when idle. */
import type { IncomingMessage } from "node:http";
import type { LocalRequest, LocalResponse } from "../http/message.ts";
import type { Log, Severity } from "../log.ts";
import { responseOf } from "../http/node.ts";
import type { ServiceSpec } from "./spec.ts";
import { Instance, STARTUP_TIMEOUT_MS } from "./instance.ts";
import type { MountAll } from "./mounts/mounts.ts";
import { REFUSALS, Refused, refusalResponse } from "./refusals.ts";
import { RequestTime } from "./request-time.ts";
import { instanceAsked, withInstance } from "./session-affinity.ts";

/**
 * With all instances busy and no more allowed, a request waits this long before it is refused with 429.
 * Source: docs.cloud.google.com/run/docs/about-instance-autoscaling, "Exceeding maximum instances"
 */
const QUEUE_TIMEOUT_MS = 10_000;

/** An idle instance is kept for at most this long. Source: the same page, "Idle instances". */
const IDLE_STOP_MS = 15 * 60_000;

export interface ServiceOptions {
  readonly log: Log;
  /** What a process of this function finds in its environment besides its own variables. */
  readonly environment: (spec: ServiceSpec) => NodeJS.ProcessEnv;
  readonly mount: MountAll;
  /** Milliseconds of wall time; default 15 minutes. */
  readonly idleStopMs?: number;
  /** Milliseconds of wall time; default 10 seconds. */
  readonly queueTimeoutMs?: number;
  /** Milliseconds of wall time; default 240 seconds. */
  readonly startupTimeoutMs?: number;
}

interface Waiting {
  readonly resolve: (instance: Instance) => void;
  readonly reject: (error: Error) => void;
}

export class Service {
  #spec: ServiceSpec;
  /** Of the current revision, the ones that take requests. */
  #ready: Instance[] = [];
  /** Every process that listens, retired ones included, until its mounts are gone. */
  readonly #alive = new Set<Instance>();
  /** Cold starts under way, those that were given up until their processes are gone. */
  readonly #starts = new Map<Promise<void>, AbortSignal>();
  /** Aborted when another revision takes over: a start of the old one is given up. */
  #revision = new AbortController();
  #waiting: Waiting[] = [];
  readonly #idleTimers = new WeakMap<Instance, NodeJS.Timeout>();
  readonly #stopped = new AbortController();
  readonly #options: ServiceOptions;

  constructor(spec: ServiceSpec, options: ServiceOptions) {
    this.#spec = spec;
    this.#options = options;
  }

  get spec(): ServiceSpec {
    return this.#spec;
  }

  /** Answers a request whose caller has been admitted. */
  async handle(request: LocalRequest): Promise<LocalResponse> {
    const { timeoutSeconds, sessionAffinity = false } = this.#spec;
    const asked = sessionAffinity ? instanceAsked(request.headers) : undefined;
    const time = new RequestTime(timeoutSeconds, request.signal);
    const { signal } = time;
    let instance: Instance | undefined;
    try {
      instance = await this.#acquire(signal, asked);
      const answer = await instance.send(request, signal);
      answer.once("close", () => time.end());
      this.#releaseAfter(answer, instance, request.signal);
      const response = responseOf(answer);
      if (!sessionAffinity) return response;
      return { ...response, headers: withInstance(response.headers, instance.id, asked) };
    } catch (error) {
      time.end();
      const ended = signal.aborted ? undefined : await instance?.endedHow();
      if (instance !== undefined) this.#release(instance);
      request.signal?.throwIfAborted();
      if (time.isUp) {
        return this.#refuse(new Refused(REFUSALS.timeout, `no answer within ${timeoutSeconds} s`));
      }
      if (error instanceof Refused) return this.#refuse(error);
      const reason = ended === undefined ? reasonOf(error) : `the process ended (${ended})`;
      return this.#refuse(new Refused(REFUSALS.brokenAnswer, reason));
    }
  }

  /** Takes a new revision into use: requests under way end on the old one. */
  replace(spec: ServiceSpec): void {
    this.#spec = spec;
    this.#revision.abort();
    this.#revision = new AbortController();
    for (const instance of this.#ready.splice(0)) {
      if (instance.inFlight === 0) this.#retire(instance);
    }
    this.#startMissing();
  }

  /** Ends all instances without a word; the next request starts another. */
  async kill(): Promise<void> {
    await Promise.all([...this.#alive].map((each) => each.kill()));
  }

  /** Ends all instances within the grace given, in milliseconds. The service takes no requests afterwards. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped.abort();
    this.#revision.abort();
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new Refused(REFUSALS.noInstance, "the local cloud is stopping"));
    }
    this.#ready = [];
    await Promise.all([
      ...[...this.#alive].map((each) => each.stop(graceMs)),
      ...this.#starts.keys(),
    ]);
  }

  /** @param asked the id of the instance that it is to be if it has room */
  async #acquire(signal: AbortSignal, asked: string | undefined): Promise<Instance> {
    signal.throwIfAborted();
    if (this.#stopped.signal.aborted) {
      throw new Refused(REFUSALS.noInstance, "the local cloud is stopping");
    }
    const withRoom = this.#ready
      .filter((instance) => instance.inFlight < this.#spec.concurrency)
      .toSorted((a, b) => b.inFlight - a.inFlight);
    const free = withRoom.find(({ id }) => id === asked) ?? withRoom[0];
    if (free !== undefined) {
      this.#occupy(free);
      return free;
    }
    const waiting = Promise.withResolvers<Instance>();
    this.#waiting.push(waiting);
    this.#startMissing();
    const timer = setInterval(() => {
      // A cold start is not a lack of instances, however long it takes.
      if (this.#starting > 0) return;
      const reason = `all ${this.#spec.maxInstances} instances are busy`;
      waiting.reject(new Refused(REFUSALS.noInstance, reason));
    }, this.#options.queueTimeoutMs ?? QUEUE_TIMEOUT_MS);
    const onAbort = (): void => waiting.reject(new Error("the request ended while it waited"));
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await waiting.promise;
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", onAbort);
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
    }
  }

  /** As many cold starts as the waiting requests need and the maximum allows. */
  #startMissing(): void {
    if (this.#stopped.signal.aborted) return;
    const { concurrency, maxInstances } = this.#spec;
    const wanted = Math.ceil(this.#waiting.length / concurrency);
    const allowed = maxInstances - this.#ready.length;
    const { signal } = this.#revision;
    while (this.#starting < Math.min(wanted, allowed)) {
      const start = this.#start(signal).finally(() => {
        this.#starts.delete(start);
        this.#startMissing();
      });
      this.#starts.set(start, signal);
    }
  }

  /** How many instances of the present revision are starting. */
  get #starting(): number {
    return [...this.#starts.values()].filter(({ aborted }) => !aborted).length;
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { log, environment, mount, startupTimeoutMs = STARTUP_TIMEOUT_MS } = this.#options;
    const spec = this.#spec;
    const began = Date.now();
    let instance: Instance;
    try {
      const variables = environment(spec);
      const options = { spec, environment: variables, mount, log, startupTimeoutMs, signal };
      instance = await Instance.start(options);
    } catch (error) {
      if (!signal.aborted) this.#onStartFailure(spec, error);
      return;
    }
    this.#alive.add(instance);
    void instance.exited.then((how) => this.#onExit(instance, how));
    void instance.ended.then(() => this.#alive.delete(instance));
    if (signal.aborted) {
      this.#retire(instance);
      return;
    }
    this.#log("DEBUG", `cold start took ${Date.now() - began} ms`);
    this.#ready.push(instance);
    this.#serveWaiting(instance);
    if (instance.inFlight === 0) this.#stopWhenIdle(instance);
  }

  /** The requests that the instance would have served fail with it. */
  #onStartFailure(spec: ServiceSpec, error: unknown): void {
    this.#log("ERROR", `did not start: ${reasonOf(error)}`);
    const refused =
      error instanceof Refused ? error : new Refused(REFUSALS.crashedAtStart, reasonOf(error));
    for (const { reject } of this.#waiting.splice(0, spec.concurrency)) reject(refused);
  }

  #occupy(instance: Instance): void {
    instance.inFlight++;
    clearTimeout(this.#idleTimers.get(instance));
  }

  /** The slot is free when the whole answer is out, or when nobody reads it any more. */
  #releaseAfter(answer: IncomingMessage, instance: Instance, sender?: AbortSignal): void {
    answer.once("close", () => {
      this.#release(instance);
      if (!answer.complete && sender?.aborted !== true)
        this.#log("ERROR", "an answer broke off halfway");
    });
  }

  #release(instance: Instance): void {
    instance.inFlight--;
    if (!this.#ready.includes(instance)) {
      if (instance.inFlight === 0) this.#retire(instance);
      return;
    }
    this.#serveWaiting(instance);
    if (instance.inFlight === 0) this.#stopWhenIdle(instance);
  }

  #serveWaiting(instance: Instance): void {
    while (instance.inFlight < this.#spec.concurrency) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#occupy(instance);
      next.resolve(instance);
    }
  }

  #stopWhenIdle(instance: Instance): void {
    clearTimeout(this.#idleTimers.get(instance));
    const timer = setTimeout(() => {
      this.#ready = this.#ready.filter((other) => other !== instance);
      this.#retire(instance);
    }, this.#options.idleStopMs ?? IDLE_STOP_MS);
    this.#idleTimers.set(instance, timer.unref());
  }

  #retire(instance: Instance): void {
    clearTimeout(this.#idleTimers.get(instance));
    void instance.stop();
  }

  #onExit(instance: Instance, how: string): void {
    if (!this.#ready.includes(instance)) return;
    clearTimeout(this.#idleTimers.get(instance));
    this.#ready = this.#ready.filter((other) => other !== instance);
    this.#log("ERROR", `the process ended by itself (${how})`);
    this.#startMissing();
  }

  #refuse({ refusal, message }: Refused): LocalResponse {
    if (!this.#stopped.signal.aborted) {
      this.#log("ERROR", `answered ${refusal.status}: ${message}`);
    }
    return refusalResponse(refusal);
  }

  #log(severity: Severity, message: string): void {
    const { role, name } = this.#spec;
    this.#options.log({ source: role, severity, message: `${name}: ${message}` });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
