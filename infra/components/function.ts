import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../google/kind.ts";
import * as run from "../google/run/kinds.ts";
import { nodeVariables } from "./node-variables.ts";
import type { Project } from "./project.ts";
import type { ServiceAccount } from "../google/iam/service-account.ts";
import type { Source } from "./source.ts";

/** The Node that the code is tested with. Source: cloud.google.com/run/docs/runtimes/function-runtimes. */
const RUNTIME = "nodejs24";

/** Google's own default for functions, said so that local mode sees it. Source: cloud.google.com/functions/docs/configuring/max-instances. */
const DEFAULT_MAX_INSTANCES = 100;

/** What one function has that another may not have. */
export interface FunctionSettings {
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  /**
   * Variable → the secret it holds, read as `account` when an instance starts. That account's bindings on these secrets
   * belong in `dependsOn`, since Cloud Run refuses a deployment that may not read them. Default: none.
   */
  readonly secretEnv?: Readonly<Record<string, SecretVariable>>;
  /** Of one request, at most 3600. */
  readonly timeoutSeconds: number;
  /** Requests that one instance works on at once. Above 1 it needs a whole CPU. */
  readonly concurrency: number;
  /** Default: 100. */
  readonly maxInstances?: number;
  /** `512Mi` */
  readonly memory: string;
  /** `1` */
  readonly cpu: string;
}

interface FunctionRoleArgs extends FunctionSettings {
  readonly system: string;
  /** The function's name, which becomes its Cloud Run service's. */
  readonly functionName: string;
  readonly place: Place;
  readonly project: Project;
  /** The bundle it runs. Its role is the function's target and its label. */
  readonly source: Source;
  /** Who it is. */
  readonly account: ServiceAccount;
}

/** A version of a secret of the function's own project. */
interface SecretVariable {
  /** Its id, without `projects/…`. */
  readonly secret: string;
  /** `latest` is settled anew by each instance that starts. */
  readonly version: "latest" | number;
}

/** A gen2 function that runs one role. Nobody may call it until a row says so. */
export class FunctionRole extends pulumi.ComponentResource {
  /** Without a slash at the end; the audience of calls to it. */
  readonly url: string;
  /** Of its Cloud Run service, which is what is bound and called. */
  readonly resourceName: string;
  readonly function: gcp.cloudfunctionsv2.Function;

  constructor(
    name: string,
    args: FunctionRoleArgs,
    opts: { readonly parent: pulumi.Resource; readonly dependsOn: readonly pulumi.Resource[] },
  ) {
    if (args.concurrency > 1 && Number(args.cpu) < 1) {
      throw new pulumi.RunError(
        `Function \`${args.functionName}\`: \`concurrency\` above 1 needs a \`cpu\` of at least 1.`,
      );
    }
    const twice = Object.keys(args.secretEnv ?? {}).filter((key) => key in args.env);
    if (twice.length > 0) {
      throw new pulumi.RunError(
        `Function \`${args.functionName}\`: ${twice.join(", ")} cannot be in \`env\` and in \`secretEnv\`.`,
      );
    }
    super("switchyard:component:FunctionRole", name, {}, { parent: opts.parent });
    const { place, project, source, account } = args;
    this.url = run.serviceUrl(args.functionName, place);
    this.resourceName = run.service.of(args.functionName, place);
    this.function = new gcp.cloudfunctionsv2.Function(
      name,
      {
        name: args.functionName,
        location: place.region,
        project: place.project,
        description: args.description,
        labels: { system: args.system, role: source.role },
        buildConfig: {
          runtime: RUNTIME,
          entryPoint: source.role,
          serviceAccount: project.builder.account,
          dockerRepository: project.builder.repository,
          source: {
            storageSource: { bucket: project.sources.name, object: source.objectName },
          },
        },
        serviceConfig: {
          serviceAccountEmail: account.email,
          timeoutSeconds: args.timeoutSeconds,
          maxInstanceRequestConcurrency: args.concurrency,
          minInstanceCount: 0,
          maxInstanceCount: args.maxInstances ?? DEFAULT_MAX_INSTANCES,
          availableMemory: args.memory,
          availableCpu: args.cpu,
          ingressSettings: "ALLOW_ALL",
          environmentVariables: { ...nodeVariables(args.memory), ...args.env },
          ...(args.secretEnv && {
            secretEnvironmentVariables: Object.entries(args.secretEnv).map(
              ([key, { secret, version }]) => ({
                key,
                projectId: place.project,
                secret,
                version: String(version),
              }),
            ),
          }),
        },
      },
      {
        parent: this,
        dependsOn: [...opts.dependsOn, ...project.builder.ready, source.object, account.account],
      },
    );
    this.registerOutputs();
  }
}
