/** A service as v1 of the API shows it: a Knative object. Source: cloud.google.com/run/docs/reference/rest/v1/namespaces.services. */
import type { Run } from "./operations.ts";
import type { ServiceSpec } from "../../host/spec.ts";
import { containerOf, mountOptions, namedMounts, type NamedMount } from "./container.ts";

const API_VERSION = "serving.knative.dev/v1";

/** A service. */
export function knative(service: ServiceSpec, { cloud, createTime }: Run): unknown {
  const { name, region, url, labels, serviceAccount, concurrency, timeoutSeconds } = service;
  const mounts = namedMounts(service);
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
        metadata:
          service.sessionAffinity === true
            ? { annotations: { "run.googleapis.com/sessionAffinity": "true" } }
            : {},
        spec: {
          containerConcurrency: concurrency,
          timeoutSeconds,
          serviceAccountName: serviceAccount,
          ...(mounts.length > 0 && { volumes: mounts.map(volumeOf) }),
          containers: [containerOf(service)],
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

/** Source: cloud.google.com/run/docs/configuring/services/cloud-storage-volume-mounts, "YAML". */
function volumeOf(mount: NamedMount): unknown {
  const { name, bucket, readOnly } = mount;
  const options = mountOptions(mount);
  return {
    name,
    csi: {
      driver: "gcsfuse.run.googleapis.com",
      readOnly,
      volumeAttributes: {
        bucketName: bucket,
        ...(options.length > 0 && { mountOptions: options.join(",") }),
      },
    },
  };
}
