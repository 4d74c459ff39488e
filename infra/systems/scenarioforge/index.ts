/** scenarioforge: runs of a pipeline, launched once, kept in a bucket. What exists; access.ts says who may do what. */
import * as pulumi from "@pulumi/pulumi";
import type { AccessRow, CustomRole } from "../../access.ts";
import type { Bundle } from "../../bundle/bundle.ts";
import type { Project } from "../../components/project.ts";
import * as run from "../../google/run/kinds.ts";
import { ManagedSecret } from "../../google/secrets/secret.ts";
import { Bucket } from "../../google/storage/bucket.ts";
import * as tasks from "../../google/tasks/kinds.ts";
import { Queue } from "../../google/tasks/queue.ts";
import type { Secret } from "../../secret.ts";
import type { System } from "../../system.ts";
import { SystemComponent } from "../../system-component.ts";
import { RUNS_ROLE, scenarioforgeRows } from "./access.ts";
import { CONFIG, hasApiKeys, type ScenarioforgeConfig } from "./config.ts";
import { apiSettings, workerSettings } from "./functions.ts";
import { scenarioforgeTakeover } from "./import.ts";
import * as names from "./names.ts";
import { GEMINI_HOST, type ScenarioforgeOutside } from "./outside.ts";

/** What bounds a node's attempts is the worker, who counts them; a task also comes again where the worker was killed. */
const RETRY = { maxAttempts: 100, minBackoffSeconds: 1, maxBackoffSeconds: 60 } as const;

const CUSTOM_ROLES = [RUNS_ROLE];

export const scenarioforge: System<typeof CONFIG> = {
  config: CONFIG,
  apis: ["cloudtasks.googleapis.com", "secretmanager.googleapis.com"],
  agents: [tasks.agent],
  identities: names.IDENTITIES,
  customRoles: CUSTOM_ROLES,
  deployer: [
    { role: "roles/cloudtasks.admin", why: "makes queues and grants roles on them" },
    {
      role: "roles/secretmanager.admin",
      why: "makes secrets, stores their values and grants roles on them",
    },
  ],
  rows: scenarioforgeRows,
  takeover: scenarioforgeTakeover,
  commands: { verify: "verify/main.ts" },
  declare: async (config, project, bundleOf) => {
    const [api, worker] = await Promise.all([
      bundleOf(names.FUNCTIONS.api),
      bundleOf(names.FUNCTIONS.worker),
    ]);
    new Scenarioforge(names.SYSTEM, {
      config,
      project,
      rows: scenarioforgeRows(config),
      identities: names.IDENTITIES,
      customRoles: CUSTOM_ROLES,
      bundles: { api, worker },
    });
    const role = names.FUNCTIONS.api;
    return {
      entryPoints: [
        { system: names.SYSTEM, role, url: run.serviceUrl(role, config), example: tryOf(config) },
      ],
      outside: { "model API": [{ name: GEMINI_HOST }] } satisfies ScenarioforgeOutside,
    };
  },
};

/** A mock run, which spends nobody's key; but to launch one takes a key. */
function tryOf(config: ScenarioforgeConfig) {
  return {
    path: "/build",
    headers: { "X-Api-Key": hasApiKeys(config) ? "YOUR_KEY" : "any-key" },
    body: { scope: "country", value: "Sweden", company: "Acme", horizon: 60 },
  };
}

interface ScenarioforgeArgs {
  readonly config: ScenarioforgeConfig;
  readonly project: Project;
  readonly rows: readonly AccessRow[];
  readonly identities: Readonly<Record<string, string>>;
  readonly customRoles: readonly CustomRole[];
  readonly bundles: { readonly api: Bundle; readonly worker: Bundle };
}

class Scenarioforge extends SystemComponent<ScenarioforgeConfig> {
  constructor(name: string, args: ScenarioforgeArgs) {
    super("Scenarioforge", name, args);
    const { config } = args;
    const withData = { ...this.within, protect: config.protectData };
    this.account(names.TASKS);
    const queue = new Queue(
      `${this.prefix}-${names.QUEUE}`,
      { id: names.QUEUE, place: config, retry: RETRY },
      withData,
    );
    this.grants.declared(queue.resourceName, queue.queue);
    const runs = new Bucket(
      `${this.prefix}-runs`,
      {
        bucketName: names.runsBucket(config),
        place: config,
        versionDays: config.scenarioVersionDays,
        // Versions are kept already.
        softDelete: false,
        forceDestroy: !config.protectData,
      },
      withData,
    );
    this.grants.declared(runs.resourceName, runs.bucket);
    const gemini = this.secret(names.GEMINI_API_KEY, config.scenarioGeminiApiKey);
    const seal = this.secret(names.SEAL_KEY, config.scenarioSealKey);
    const keys = hasApiKeys(config) ? [this.secret(names.API_KEYS, config.scenarioApiKeys)] : [];
    const { api, worker } = args.bundles;
    const { FUNCTIONS } = names;
    const of = (role: string) => this.account(role);
    this.function(FUNCTIONS.worker, worker, of(FUNCTIONS.worker), workerSettings(config), [
      gemini,
      seal,
    ]);
    this.function(FUNCTIONS.api, api, of(FUNCTIONS.api), apiSettings(config), [
      gemini,
      seal,
      ...keys,
    ]);
    this.grants.finish();
    this.registerOutputs();
  }

  /** Returns what has to exist before anybody can read it. */
  private secret(id: string, value: Secret): pulumi.Resource {
    const secret = new ManagedSecret(
      `${this.prefix}-${id}`,
      { system: names.SYSTEM, id, place: this.config, value },
      this.within,
    );
    this.grants.declared(secret.resourceName, secret.secret);
    return secret.version;
  }
}
