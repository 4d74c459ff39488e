import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../google/kind.ts";
import * as run from "../google/run/kinds.ts";
import { nodeVariables } from "./node-variables.ts";
import type { Project } from "./project.ts";
import { checkSettings, DEFAULT_MAX_INSTANCES, type RoleSettings } from "./role-settings.ts";
import type { ServiceAccount } from "../google/iam/service-account.ts";
import type { Source } from "./source.ts";

/** The Node that the code is tested with. Source: cloud.google.com/run/docs/runtimes/function-runtimes. */
const RUNTIME = "nodejs24";

interface FunctionRoleArgs extends RoleSettings {
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
    checkSettings(`Function \`${args.functionName}\``, args);
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
