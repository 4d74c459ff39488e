/** Reading services, whatever version of the API is spoken. */
import { ApiError } from "../../errors.ts";
import type { Caller } from "../../iam/types.ts";
import type { Cloud } from "../api.ts";
import type { ServiceSpec } from "../../host/spec.ts";

/** One request's view of Cloud Run. */
export interface Run {
  readonly cloud: Cloud;
  readonly caller: Caller;
  readonly services: readonly ServiceSpec[];
  /** When all services came to be: RFC 3339. */
  readonly createTime: string;
}

export interface Scope {
  /** Id or number. */
  readonly project: string;
  /** `-` for all regions. */
  readonly region: string;
}

/** Throws PERMISSION_DENIED before it says whether there is such a service. */
export function getService(scope: Scope, name: string, run: Run): ServiceSpec {
  const { cloud, caller } = run;
  const resource = serviceResource(scope, name, run);
  cloud.authorize({ ...caller, permission: "run.services.get", resource });
  return existing(scope, name, run);
}

/** Throws NOT_FOUND. */
export function existing(scope: Scope, name: string, run: Run): ServiceSpec {
  const project = projectId(scope, run);
  const found = inScope(scope, run).find((service) => service.name === name);
  if (found !== undefined) return found;
  throw new ApiError(
    "NOT_FOUND",
    `Resource '${name}' of kind 'SERVICE' in region '${scope.region}' in project '${project}' does not exist.`,
  );
}

/** The service as policies name it. */
export function serviceResource(scope: Scope, name: string, run: Run): string {
  return `projects/${projectId(scope, run)}/locations/${scope.region}/services/${name}`;
}

/** In order of names. Needs its permission on the project: a service's own policy does not allow listing. */
export function listServices(scope: Scope, run: Run): readonly ServiceSpec[] {
  const { cloud, caller } = run;
  const resource = `projects/${projectId(scope, run)}/locations/${scope.region}/services`;
  cloud.authorize({ ...caller, permission: "run.services.list", resource });
  return inScope(scope, run).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function inScope(scope: Scope, run: Run): readonly ServiceSpec[] {
  if (projectId(scope, run) !== run.cloud.projectId) return [];
  return run.services.filter(({ region }) => scope.region === "-" || region === scope.region);
}

/** Policies name the project by its id. */
function projectId({ project }: Scope, { cloud }: Run): string {
  return project === cloud.projectNumber ? cloud.projectId : project;
}
