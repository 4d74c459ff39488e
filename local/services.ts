/** Every service at its host: who may call it, and what answers. */
import type { RequestListener } from "node:http";
import { admit, INVOKE } from "./host/front-end.ts";
import { Service } from "./host/service.ts";
import type { Send } from "./http/message.ts";
import type { AccessRequest, Authorize } from "./iam/types.ts";
import type { Issuer } from "./identity/issuer.ts";
import type { MountAll } from "./host/mounts/mounts.ts";
import type { Log } from "./log.ts";
import { listener, urlThroughGateway } from "./http/node.ts";
import type { Declared } from "./declared/declared.ts";
import type { ServiceSpec } from "./host/spec.ts";
import { andMore, Repeats } from "./repeats.ts";
import { sendTo, type OwnProgram } from "./own-program.ts";

/** Milliseconds. Shorter than Cloud Run's ten seconds: a person waits for the end. */
const STOP_GRACE_MS = 1000;

export interface ServicesOptions {
  readonly log: Log;
  readonly issuer: Issuer;
  readonly authorize: Authorize;
  /** Asks IAM without leaving a trace. */
  readonly isAllowed: (request: AccessRequest) => boolean;
  readonly environment: (spec: ServiceSpec) => NodeJS.ProcessEnv;
  readonly mount: MountAll;
  /** Name of a service → a program of the person's own that answers in its place. */
  readonly programs: (declared: Declared) => ReadonlyMap<string, OwnProgram>;
  /** Milliseconds of wall time after which an idle process is stopped. */
  readonly idleStopMs?: number;
}

interface Host {
  /** The only audience accepted. */
  readonly origin: string;
  /** `projects/P/locations/R/services/S` */
  readonly resource: string;
  readonly answer: Send;
}

export class Services {
  readonly #options: ServicesOptions;
  readonly #hosts = new Map<string, Host>();
  readonly #processes = new Map<string, Service>();
  readonly #unauthorized = new Repeats();

  constructor(options: ServicesOptions) {
    this.#options = options;
    this.listener = listener(urlThroughGateway, this.stream, options.log);
  }

  /** Takes what is declared into use. What did not change keeps its processes. */
  async apply(declared: Declared): Promise<void> {
    const programs = this.#options.programs(declared);
    const removed = new Map(this.#processes);
    this.#hosts.clear();
    for (const spec of [...declared.services, ...declared.standIns]) {
      removed.delete(spec.name);
      const service = this.#service(spec);
      const program = programs.get(spec.name);
      this.#hosts.set(new URL(spec.url).host, {
        origin: spec.url,
        resource: `projects/${declared.projectId}/locations/${spec.region}/services/${spec.name}`,
        answer: program ? sendTo(program, this.#options.log) : (request) => service.handle(request),
      });
    }
    for (const name of removed.keys()) this.#processes.delete(name);
    await Promise.all([...removed.values()].map((service) => service.stop(STOP_GRACE_MS)));
  }

  has(host: string): boolean {
    return this.#hosts.has(host);
  }

  /** Admits and answers; the body streams. Rejects for a host that is not here. */
  readonly stream: Send = async (request) => {
    const host = this.#hosts.get(request.url.host);
    if (host === undefined || request.url.protocol !== "https:") {
      throw new Error(`${request.url.origin} is not part of the local cloud`);
    }
    const { issuer, authorize, isAllowed } = this.#options;
    const admission = await admit(request, {
      url: host.origin,
      resource: host.resource,
      isPublic: () =>
        isAllowed({ principal: "anonymous", permission: INVOKE, resource: host.resource }),
      issuer,
      authorize,
      onUnauthorized: (reason) => this.#logUnauthorized(host.resource, reason),
    });
    return "refused" in admission ? admission.refused : host.answer(admission.admitted);
  };

  /** Serves clients that came through the gateway. */
  readonly listener: RequestListener;

  /** Ends all instances of a service without a word. */
  async kill(name: string): Promise<void> {
    await this.#processes.get(name)?.kill();
  }

  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    await Promise.all([...this.#processes.values()].map((service) => service.stop(graceMs)));
  }

  #service(spec: ServiceSpec): Service {
    const existing = this.#processes.get(spec.name);
    if (existing === undefined) {
      const { log, environment, mount, idleStopMs } = this.#options;
      const service = new Service(spec, {
        log,
        environment,
        mount,
        ...(idleStopMs !== undefined && { idleStopMs }),
      });
      this.#processes.set(spec.name, service);
      return service;
    }
    if (JSON.stringify(existing.spec) !== JSON.stringify(spec)) existing.replace(spec);
    return existing;
  }

  #logUnauthorized(resource: string, reason: string): void {
    const heldBack = this.#unauthorized.say(`${resource}\n${reason}`, Date.now());
    if (heldBack === undefined) return;
    this.#options.log({
      source: "iam",
      severity: "WARNING",
      message: `refused: a call of ${resource}${andMore(heldBack)}: ${reason}.`,
    });
  }
}
