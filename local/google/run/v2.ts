/** A service as v2 of the API shows it. Source: cloud.google.com/run/docs/reference/rest/v2/projects.locations.services. */
import type { Run } from "./operations.ts";
import type { ServiceSpec } from "../../host/spec.ts";

/** A service. The container's image is absent: it is built in the cloud only. */
export function serviceV2(service: ServiceSpec, { cloud, createTime }: Run): unknown {
  const { name, region, url, labels, serviceAccount, concurrency, timeoutSeconds } = service;
  const limits = { cpu: service.cpu, memory: service.memory };
  const env = Object.entries(service.env).map(([key, value]) => ({ name: key, value }));
  return {
    name: `projects/${cloud.projectId}/locations/${region}/services/${name}`,
    // An int64 is a string in Google's JSON.
    generation: "1",
    observedGeneration: "1",
    labels,
    createTime,
    updateTime: createTime,
    template: {
      serviceAccount,
      timeout: `${timeoutSeconds}s`,
      maxInstanceRequestConcurrency: concurrency,
      containers: [{ env, resources: { limits } }],
    },
    terminalCondition: {
      type: "Ready",
      state: "CONDITION_SUCCEEDED",
      lastTransitionTime: createTime,
    },
    uri: url,
    urls: [url],
  };
}
