/** The enqueuer: HTTP → Cloud Tasks → signed calls to workers. What exists; access.ts says who may do what. */
import * as pulumi from "@pulumi/pulumi";
import type { EnqueuerVariables } from "../../../functions/enqueuer/env.ts";
import type { WorkerVariables } from "../../../functions/worker/env.ts";
import type { AccessRow } from "../../access.ts";
import type { Bundle } from "../../bundle/bundle.ts";
import { Bucket } from "../../google/storage/bucket.ts";
import { FunctionRole } from "../../components/function.ts";
import type { Project } from "../../components/project.ts";
import { Queue } from "../../google/tasks/queue.ts";
import type { ServiceAccount } from "../../google/iam/service-account.ts";
import { Source } from "../../components/source.ts";
import { SystemComponent } from "../../system-component.ts";
import { enqueuerRows } from "./access.ts";
import { CALLER, deliveriesBucket, ENQUEUER, IDENTITIES, SYSTEM, WORKER } from "./names.ts";
import { enqueuerTakeover } from "./import.ts";
import type { EnqueuerOutside, ExternalWorker } from "./outside.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import * as tasks from "../../google/tasks/kinds.ts";
import { CONFIG, type EnqueuerConfig } from "./config.ts";
import type { System, SystemParts } from "../../system.ts";
import { isOurs, queuesOf, serviceOf, workersVariable, type Worker } from "./workers.ts";

/** Longer than Cloud Tasks keeps a task. Source: google/cloud/tasks/v2/cloudtasks.proto, "31 days". */
const DELIVERIES_DAYS = 32;
/** Of every function here. Source, as of its time limit: enqueuer document, Deploy to Cloud Run. */
const SIZE = { concurrency: 80, memory: "512Mi", cpu: "1" } as const;

export const enqueuer: System<typeof CONFIG> = {
  config: CONFIG,
  apis: ["cloudtasks.googleapis.com"],
  agents: [tasks.agent],
  identities: IDENTITIES,
  deployer: [{ role: "roles/cloudtasks.admin", why: "makes queues and grants roles on them" }],
  rows: enqueuerRows,
  takeover: enqueuerTakeover,
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
    new Enqueuer(SYSTEM, {
      config,
      project,
      rows: enqueuerRows(config),
      identities: IDENTITIES,
      source,
      workerSource,
    });
    return parts(config);
  },
};

interface EnqueuerArgs {
  readonly config: EnqueuerConfig;
  readonly project: Project;
  readonly rows: readonly AccessRow[];
  readonly identities: Readonly<Record<string, string>>;
  readonly source: Bundle;
  /** Given where there are workers of ours. */
  readonly workerSource: Bundle | undefined;
}

class Enqueuer extends SystemComponent<EnqueuerConfig> {
  constructor(name: string, args: EnqueuerArgs) {
    super("Enqueuer", name, args);
    const { config, source, workerSource } = args;
    const account = this.account(ENQUEUER);
    const caller = this.account(CALLER);
    for (const worker of config.workers) {
      if (!isOurs(worker)) this.grants.exists(serviceOf(worker, config));
    }
    this.createQueues();
    if (workerSource !== undefined) this.createWorkers(workerSource);
    // A request that came before these could only be refused.
    const before = [account, caller].flatMap(({ member }) => this.grants.of(member));
    this.createEnqueuer(source, account, before);
    this.grants.finish();
    this.registerOutputs();
  }

  private createQueues(): void {
    const { config } = this;
    for (const { id, settings } of queuesOf(config.workers)) {
      const queue = new Queue(
        `${this.prefix}-${id}`,
        { id, place: config, ...settings },
        { ...this.within, protect: config.protectData },
      );
      this.grants.declared(queue.resourceName, queue.queue);
    }
  }

  private createWorkers(bundle: Bundle): void {
    const { config, project } = this;
    const account = this.account(WORKER);
    const deliveries = new Bucket(
      `${this.prefix}-deliveries`,
      {
        bucketName: deliveriesBucket(config),
        place: config,
        deletions: [{ prefixes: ["deliveries/"], afterDays: DELIVERIES_DAYS }],
        // What is forgotten is of no more use to anybody.
        softDelete: false,
        forceDestroy: true,
      },
      this.within,
    );
    this.grants.declared(deliveries.resourceName, deliveries.bucket);
    const source = new Source(
      `${this.prefix}-worker-source`,
      { bundle, project },
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
        },
        this.within,
      );
      this.grants.declared(fn.resourceName, fn.function);
    }
  }

  private createEnqueuer(
    bundle: Bundle,
    account: ServiceAccount,
    before: readonly pulumi.Resource[],
  ): void {
    const { config, project } = this;
    const fn = new FunctionRole(
      `${this.prefix}-function`,
      {
        system: SYSTEM,
        functionName: config.enqueuerName,
        description: "Turns requests into tasks",
        place: config,
        project,
        source: new Source(`${this.prefix}-source`, { bundle, project }, { parent: this }),
        account,
        env: {
          PROJECT_ID: config.project,
          TASKS_REGION: config.region,
          CALLER_SA: iam.accountEmail(CALLER, config),
          WORKERS: workersVariable(config.workers),
          MAX_BODY_BYTES: String(config.enqueuerMaxBodyBytes),
        } satisfies EnqueuerVariables,
        timeoutSeconds: 60,
        ...SIZE,
      },
      { parent: this, dependsOn: [...this.within.dependsOn, ...before] },
    );
    this.grants.declared(fn.resourceName, fn.function);
  }
}

function parts(config: EnqueuerConfig): SystemParts {
  const [first] = config.workers;
  return {
    entryPoints: [
      {
        system: SYSTEM,
        role: "enqueuer",
        url: run.serviceUrl(config.enqueuerName, config),
        example: {
          path: "/enqueue",
          body: {
            service: first?.name,
            payload: { input_doc_id: "DOC-1", output_doc_id: "DOC-2" },
          },
        },
      },
    ],
    outside: { "external worker": externalWorkers(config) } satisfies EnqueuerOutside,
  };
}

function externalWorkers(config: EnqueuerConfig): readonly ExternalWorker[] {
  return config.workers.flatMap((worker) => {
    const { name, url, target } = worker;
    if (target.kind === "ours") return [];
    const { service, region } = target;
    return [{ name, service, region, url, env: workerVariables(worker, config) }];
  });
}

function workerVariables({ name, url, audience }: Worker, config: EnqueuerConfig): WorkerVariables {
  return {
    WORKER_NAME: name,
    WORKER_PATH: new URL(url).pathname,
    AUDIENCE: audience,
    CALLER_SA: iam.accountEmail(CALLER, config),
    DELIVERIES_BUCKET: deliveriesBucket(config),
    PRIVATE: "true",
  };
}
