/** A service as v2 of the API shows it. Source: cloud.google.com/run/docs/reference/rest/v2/projects.locations.services. */
import type { Run } from "./operations.ts";
import type { ServiceSpec } from "../../host/spec.ts";
import { containerOf, mountOptions, namedMounts, type NamedMount } from "./container.ts";

/** A service. */
export function serviceV2(service: ServiceSpec, { cloud, createTime }: Run): unknown {
  const { name, region, url, labels, serviceAccount, concurrency, timeoutSeconds } = service;
  const mounts = namedMounts(service);
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
      ...(service.sessionAffinity === true && { sessionAffinity: true }),
      ...(mounts.length > 0 && { volumes: mounts.map(volumeOf) }),
      containers: [containerOf(service)],
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

/** What is false or empty is not written, as in all of Google's JSON. */
function volumeOf(mount: NamedMount): unknown {
  const { name, bucket, readOnly } = mount;
  const options = mountOptions(mount);
  return {
    name,
    gcs: {
      bucket,
      ...(readOnly && { readOnly }),
      ...(options.length > 0 && { mountOptions: options }),
    },
  };
}
