/** The enqueuer: HTTP → Cloud Tasks → signed calls to workers. What exists; enqueuer-access.ts says who may do what. */
import * as pulumi from "@pulumi/pulumi";
import type { EnqueuerVariables } from "../functions/enqueuer/env.ts";
import type { WorkerVariables } from "../functions/worker/env.ts";
import type { Bundle } from "./bundle.ts";
import { grant } from "./components/access.ts";
import { FunctionRole } from "./components/function.ts";
import type { Project } from "./components/project.ts";
import { Queue } from "./components/queue.ts";
import { ServiceAccount } from "./components/service-account.ts";
import { Source } from "./components/source.ts";
import type { PlatformConfig } from "./config.ts";
import { CALLER, ENQUEUER, SYSTEM, enqueuerRows } from "./enqueuer-access.ts";
import { accountEmail, resourceName, serviceUrl } from "./naming.ts";
import type { System, SystemParts } from "./system.ts";
import { isOurs, queuesOf, workersVariable, type Worker } from "./workers.ts";

/** The workers of ours hold no permission, so one identity serves them all. */
const WORKER = "sample-worker";
/** Of every function here. Source, as of its time limit: enqueuer document, Deploy to Cloud Run. */
const SIZE = { concurrency: 80, memory: "512Mi", cpu: "1" } as const;

export const enqueuer: System = {
  apis: ["cloudtasks.googleapis.com"],
  agents: ["cloudTasks"],
  rows: enqueuerRows,
  declare: async (config, project, bundleOf) => {
    const [source, workerSource] = await Promise.all([
      bundleOf("enqueuer"),
      config.workers.some(isOurs) ? bundleOf("worker") : undefined,
    ]);
    if (config.enqueuerPublic) {
      void pulumi.log.warn(
        `Anybody may call ${config.enqueuerName}: switchyard:enqueuerPublic is true. Name its callers in enqueuerCallers instead.`,
      );
    }
    new Enqueuer(SYSTEM, { config, project, source, workerSource });
    return parts(config);
  },
};

interface EnqueuerArgs {
  readonly config: PlatformConfig;
  readonly project: Project;
  readonly source: Bundle;
  /** Given where there are workers of ours. */
  readonly workerSource: Bundle | undefined;
}

class Enqueuer extends pulumi.ComponentResource {
  private readonly prefix: string;
  private readonly args: EnqueuerArgs;
  private readonly within: { readonly parent: Enqueuer; readonly dependsOn: pulumi.Resource[] };
  /** Members and resource names that rows may mean → what has to exist first. */
  private readonly declared = new Map<string, pulumi.Resource>();

  constructor(name: string, args: EnqueuerArgs) {
    super("switchyard:system:Enqueuer", name);
    this.prefix = name;
    this.args = args;
    this.within = { parent: this, dependsOn: [...args.project.ready] };

    const account = this.account(ENQUEUER, "The enqueuer: adds tasks to queues");
    this.account(CALLER, "Whom tasks carry: calls the workers");
    this.createQueues();
    this.createWorkers();
    const service = resourceName.service(args.config.enqueuerName, args.config);
    const [onEnqueuer, before] = partition(
      enqueuerRows(args.config),
      ({ resource }) => resource === service,
    );
    const grants = grant(name, before, this.declared, this.within);
    // A request that came before these could only be refused.
    this.createEnqueuer(account, grants);
    grant(name, onEnqueuer, this.declared, this.within);
    this.registerOutputs();
  }

  private account(id: string, description: string): ServiceAccount {
    const place = this.args.config;
    const account = new ServiceAccount(
      `${this.prefix}-${id}`,
      { id, description, place },
      this.within,
    );
    this.declared.set(account.member, account.account);
    this.declared.set(account.resourceName, account.account);
    return account;
  }

  private createQueues(): void {
    const { config } = this.args;
    for (const { id, settings } of queuesOf(config.workers)) {
      const queue = new Queue(
        `${this.prefix}-${id}`,
        { id, place: config, ...settings },
        { ...this.within, protect: config.protectData },
      );
      this.declared.set(queue.resourceName, queue.queue);
    }
  }

  private createWorkers(): void {
    const { config, project, workerSource } = this.args;
    if (workerSource === undefined) return;
    const account = this.account(WORKER, "The sample workers");
    const source = new Source(
      `${this.prefix}-worker-source`,
      { bundle: workerSource, project },
      { parent: this },
    );
    for (const worker of config.workers.filter(isOurs)) {
      const fn = new FunctionRole(
        `${this.prefix}-${worker.name}`,
        {
          system: SYSTEM,
          functionName: worker.name,
          description: `Does the work of ${worker.queue}`,
          place: config,
          project,
          source,
          account,
          env: workerVariables(worker, config),
          timeoutSeconds: worker.target.timeoutSeconds,
          ...SIZE,
          // It remembers what it has done in memory, which a second instance would not know.
          maxInstances: 1,
        },
        this.within,
      );
      this.declared.set(fn.resourceName, fn.function);
    }
  }

  private createEnqueuer(account: ServiceAccount, dependsOn: readonly pulumi.Resource[]): void {
    const { config, project, source } = this.args;
    const fn = new FunctionRole(
      `${this.prefix}-function`,
      {
        system: SYSTEM,
        functionName: config.enqueuerName,
        description: "Turns requests into tasks",
        place: config,
        project,
        source: new Source(`${this.prefix}-source`, { bundle: source, project }, { parent: this }),
        account,
        env: {
          PROJECT_ID: config.project,
          TASKS_REGION: config.region,
          CALLER_SA: accountEmail(CALLER, config),
          WORKERS: workersVariable(config.workers),
          MAX_BODY_BYTES: String(config.enqueuerMaxBodyBytes),
        } satisfies EnqueuerVariables,
        timeoutSeconds: 60,
        ...SIZE,
      },
      { parent: this, dependsOn: [...this.within.dependsOn, ...dependsOn] },
    );
    this.declared.set(fn.resourceName, fn.function);
  }
}

function parts(config: PlatformConfig): SystemParts {
  const [first] = config.workers;
  return {
    entryPoints: [
      {
        system: SYSTEM,
        role: "enqueuer",
        url: serviceUrl(config.enqueuerName, config),
        example: {
          path: "/enqueue",
          body: {
            service: first?.name,
            payload: { input_doc_id: "DOC-1", output_doc_id: "DOC-2" },
          },
        },
      },
    ],
    externalServices: config.workers.flatMap((worker) => {
      const { name, url, target } = worker;
      if (target.kind === "ours") return [];
      const { service, region } = target;
      return [{ worker: name, service, region, url, env: workerVariables(worker, config) }];
    }),
  };
}

function workerVariables({ name, url, audience }: Worker, config: PlatformConfig): WorkerVariables {
  return {
    WORKER_NAME: name,
    WORKER_PATH: new URL(url).pathname,
    AUDIENCE: audience,
    CALLER_SA: accountEmail(CALLER, config),
    PRIVATE: "true",
  };
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
