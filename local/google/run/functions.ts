/** A gen2 function as a program declares it. */
import * as v from "valibot";
import { serviceUrl } from "../../../infra/google/run/kinds.ts";
import { local, type Declares } from "../service.ts";

const Inputs = v.strictObject({
  name: v.string(),
  location: v.string(),
  project: v.string(),
  description: v.optional(v.string()),
  labels: v.optional(v.record(v.string(), v.string()), {}),
  buildConfig: v.strictObject({
    runtime: v.string(),
    entryPoint: v.string(),
    serviceAccount: v.optional(v.string()),
    dockerRepository: v.optional(v.string()),
    source: v.strictObject({
      storageSource: v.strictObject({ bucket: v.string(), object: v.string() }),
    }),
  }),
  serviceConfig: v.strictObject({
    serviceAccountEmail: v.string(),
    environmentVariables: v.optional(v.record(v.string(), v.string()), {}),
    secretEnvironmentVariables: v.optional(
      v.array(
        v.strictObject({
          key: v.string(),
          projectId: v.string(),
          secret: v.string(),
          version: v.pipe(v.string(), v.regex(/^(latest|[1-9]\d*)$/, "must be latest or a number")),
        }),
      ),
      [],
    ),
    timeoutSeconds: v.number(),
    maxInstanceRequestConcurrency: v.number(),
    maxInstanceCount: v.number(),
    // Instances that wait for work are a matter of cost and of first answers; one machine starts them on request.
    minInstanceCount: v.optional(v.number()),
    availableMemory: v.string(),
    availableCpu: v.string(),
    // One machine has no network to come in from.
    ingressSettings: v.optional(v.string()),
    allTrafficOnLatestRevision: v.optional(v.boolean()),
  }),
});

export const functionMeaning: Declares<object> = local(
  Inputs,
  (inputs, _slice, { services, projectNumber }) => {
    const { name, location, labels, buildConfig, serviceConfig } = inputs;
    const { bucket, object } = buildConfig.source.storageSource;
    services.push({
      name,
      source: `${bucket}/${object}`,
      role: labels.role ?? name,
      region: location,
      url: serviceUrl(name, { projectNumber, region: location }),
      serviceAccount: serviceConfig.serviceAccountEmail,
      start: { entryPoint: buildConfig.entryPoint },
      env: serviceConfig.environmentVariables,
      secretEnv: Object.fromEntries(
        serviceConfig.secretEnvironmentVariables.map(({ key, projectId, secret, version }) => [
          key,
          `projects/${projectId}/secrets/${secret}/versions/${version}`,
        ]),
      ),
      labels,
      timeoutSeconds: serviceConfig.timeoutSeconds,
      concurrency: serviceConfig.maxInstanceRequestConcurrency,
      maxInstances: serviceConfig.maxInstanceCount,
      memory: serviceConfig.availableMemory,
      cpu: serviceConfig.availableCpu,
    });
  },
);
