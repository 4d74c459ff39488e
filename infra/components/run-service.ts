import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../google/kind.ts";
import type { ServiceAccount } from "../google/iam/service-account.ts";
import * as run from "../google/run/kinds.ts";
import { nodeVariables } from "./node-variables.ts";
import type { Project } from "./project.ts";
import { checkSettings, DEFAULT_MAX_INSTANCES, type RoleSettings } from "./role-settings.ts";
import type { Source } from "./source.ts";

/** What the person who deploys one needs on the project: a system that has one says so among its own. */
export const RUN_SERVICE_DEPLOYER = {
  role: "roles/run.admin",
  why: "deploys services that are no functions",
} as const;

/** A bucket as a folder. Its account needs storage.objectViewer on it, or storage.objectUser to write. */
interface Mount {
  /** The bucket's name. */
  readonly bucket: string;
  /** `/mnt/work` */
  readonly path: string;
  readonly readOnly: boolean;
  /** Of gcsfuse, without dashes: `only-dir=tenant-1`. Default: none. */
  readonly options?: readonly string[];
}

interface RunServiceArgs extends RoleSettings {
  readonly system: string;
  readonly serviceName: string;
  readonly place: Place;
  readonly project: Project;
  /** The bundle it runs, made as a service. Its role is the service's label. */
  readonly source: Source;
  /** Who it is. */
  readonly account: ServiceAccount;
  /** Whether requests of one client go to one instance where they can. Default: no. */
  readonly sessionAffinity?: boolean;
  /** Default: none. */
  readonly mounts?: readonly Mount[];
}

/**
 * A role as a Cloud Run service of its own, for what a function cannot be: one that mounts a bucket or speaks WebSocket.
 * Its archive is laid on Google's base image for Node as it is; nothing is built, and Docker is not needed (provider's
 * example "Cloudrunv2 Service Zip Deploy"; its `buildConfig` builds nothing, terraform-provider-google#22263). Cloud Run's
 * own agent reads the archive. Nobody may call the service until a row says so.
 */
export class RunService extends pulumi.ComponentResource {
  /** Without a slash at the end; the audience of calls to it. */
  readonly url: string;
  /** What is bound and called. */
  readonly resourceName: string;
  readonly service: gcp.cloudrunv2.Service;

  constructor(
    name: string,
    args: RunServiceArgs,
    opts: { readonly parent: pulumi.Resource; readonly dependsOn: readonly pulumi.Resource[] },
  ) {
    checkSettings(`Service \`${args.serviceName}\``, args);
    super("switchyard:component:RunService", name, {}, { parent: opts.parent });
    const { place, source, account } = args;
    this.url = run.serviceUrl(args.serviceName, place);
    this.resourceName = run.service.of(args.serviceName, place);
    this.service = new gcp.cloudrunv2.Service(
      name,
      {
        name: args.serviceName,
        location: place.region,
        project: place.project,
        description: args.description,
        labels: { system: args.system, role: source.role },
        // It keeps nothing: whatever is deleted is deployed again from the tree. The provider's own default is true.
        deletionProtection: false,
        ingress: "INGRESS_TRAFFIC_ALL",
        template: templateOf(args),
      },
      { parent: this, dependsOn: [...opts.dependsOn, source.object, account.account] },
    );
    this.registerOutputs();
  }
}

function templateOf(args: RunServiceArgs): gcp.types.input.cloudrunv2.ServiceTemplate {
  const { mounts = [], sessionAffinity = false, maxInstances = DEFAULT_MAX_INSTANCES } = args;
  const volumeOf = (index: number): string => `bucket-${index + 1}`;
  return {
    serviceAccount: args.account.email,
    timeout: `${args.timeoutSeconds}s`,
    maxInstanceRequestConcurrency: args.concurrency,
    scaling: { minInstanceCount: 0, maxInstanceCount: maxInstances },
    sessionAffinity,
    // The first generation mounts no buckets.
    executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
    ...(mounts.length > 0 && {
      volumes: mounts.map(({ bucket, readOnly, options = [] }, index) => ({
        name: volumeOf(index),
        gcs: { bucket, readOnly, mountOptions: [...options] },
      })),
    }),
    containers: [
      {
        image: "scratch",
        baseImageUri: baseImage(args.place),
        commands: ["node"],
        args: ["index.js"],
        sourceCode: {
          cloudStorageSource: {
            bucket: args.project.sources.name,
            object: args.source.objectName,
          },
        },
        // As functions have it. Where limits are said, the provider leaves the CPU on between requests unless told.
        resources: {
          limits: { cpu: args.cpu, memory: args.memory },
          cpuIdle: true,
          startupCpuBoost: true,
        },
        envs: envsOf(args),
        ...(mounts.length > 0 && {
          volumeMounts: mounts.map(({ path }, index) => ({
            name: volumeOf(index),
            mountPath: path,
          })),
        }),
      },
    ],
  };
}

/** The Node that the code is tested with, from the service's own region. Source: cloud.google.com/run/docs/configuring/services/runtime-base-images. */
function baseImage({ region }: Place): string {
  return `${region}-docker.pkg.dev/serverless-runtimes/google-24-full/runtimes/nodejs24`;
}

function envsOf({ memory, env, secretEnv = {} }: RunServiceArgs) {
  // What the build of a function adds by itself.
  const plain = { NODE_ENV: "production", ...nodeVariables(memory), ...env };
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.entries(secretEnv).map(([name, { secret, version }]) => ({
      name,
      valueSource: { secretKeyRef: { secret, version: String(version) } },
    })),
  ];
}
