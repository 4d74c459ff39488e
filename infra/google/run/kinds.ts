/** Cloud Run: services, the functions that are some of them, and jobs. */
import { kind, type Place } from "../kind.ts";

/**
 * A gen2 function's invoker is checked by its Cloud Run service; cloudfunctions.invoker has no say.
 * Source: cloud.google.com/functions/docs/securing/authenticating.
 */
export const service = kind({
  noun: "service",
  template: "projects/{project}/locations/{location}/services/{name}",
  member: { type: "gcp:cloudrunv2/serviceIamMember:ServiceIamMember", conditions: "time" },
});

export const job = kind({
  noun: "job",
  template: "projects/{project}/locations/{location}/jobs/{name}",
  member: { type: "gcp:cloudrunv2/jobIamMember:JobIamMember" },
});

/**
 * The URL that Cloud Run derives from a service's name, without a slash at the end. It is also the audience of every call.
 * Source: cloud.google.com/run/docs/triggering/https-request, "Deterministic URL".
 */
export function serviceUrl(
  name: string,
  { projectNumber, region }: Pick<Place, "projectNumber" | "region">,
): string {
  return `https://${name}-${projectNumber}.${region}.run.app`;
}

/** Names and values of a function's variables together. Source: cloud.google.com/functions/docs/configuring/env-var, "Size limits". */
export const MAX_ENVIRONMENT_BYTES = 32 * 1024;
