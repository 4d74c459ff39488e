/** A service as v1 of the API shows it: a Knative object. Source: cloud.google.com/run/docs/reference/rest/v1/namespaces.services. */
import type { Run } from "./operations.ts";
import type { ServiceSpec } from "../../host/spec.ts";

const API_VERSION = "serving.knative.dev/v1";

/** A service. The container's image is absent: it is built in the cloud only. */
export function knative(service: ServiceSpec, { cloud, createTime }: Run): unknown {
  const { name, region, url, labels, serviceAccount, concurrency, timeoutSeconds } = service;
  const limits = { cpu: service.cpu, memory: service.memory };
  const env = Object.entries(service.env).map(([key, value]) => ({ name: key, value }));
  return {
    apiVersion: API_VERSION,
    kind: "Service",
    metadata: {
      name,
      namespace: cloud.projectNumber,
      selfLink: `/apis/${API_VERSION}/namespaces/${cloud.projectNumber}/services/${name}`,
      labels: { ...labels, "cloud.googleapis.com/location": region },
      annotations: { "run.googleapis.com/urls": JSON.stringify([url]) },
      creationTimestamp: createTime,
      generation: 1,
    },
    spec: {
      template: {
        metadata: {},
        spec: {
          containerConcurrency: concurrency,
          timeoutSeconds,
          serviceAccountName: serviceAccount,
          containers: [{ env, resources: { limits } }],
        },
      },
      traffic: [{ percent: 100, latestRevision: true }],
    },
    status: {
      observedGeneration: 1,
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: createTime }],
      traffic: [{ percent: 100, latestRevision: true }],
      url,
      address: { url },
    },
  };
}

export function knativeList(services: readonly ServiceSpec[], run: Run): unknown {
  return {
    apiVersion: API_VERSION,
    kind: "ServiceList",
    metadata: {},
    items: services.map((service) => knative(service, run)),
  };
}
