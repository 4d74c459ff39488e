/**
 * Cloud Run's Admin API, as far as reading services and their policies goes: what `gcloud run services describe` and `list` ask for (v1)
 * and `projects.locations.services` of v2. It shows what is declared and keeps no state of its own.
 * Source: cloud.google.com/run/docs/reference/rest; the v1 routes are those that gcloud 528 requests.
 */
import { ApiError } from "../../errors.ts";
import { jsonResponse } from "../../http/message.ts";
import type { LocalRequest } from "../../http/message.ts";
import { decoded, matchOf, patternOf, type Pattern } from "../../http/routes.ts";
import type { Cloud, RestSimulator } from "../api.ts";
import { answerIam, iamRoutes } from "../iam-rest.ts";
import type { RunsService } from "../service.ts";
import { SYSTEM_PARAMETERS } from "../system-parameters.ts";
import { run as declares } from "./declared.ts";
import { existing, getService, listServices, serviceResource } from "./operations.ts";
import type { Run, Scope } from "./operations.ts";
import { knative, knativeList } from "./v1.ts";
import { serviceV2 } from "./v2.ts";

const GLOBAL_HOST = "run.googleapis.com";

interface Route extends Pattern {
  readonly version: "v1" | "v2";
}

const ROUTES: readonly Route[] = [
  {
    version: "v1",
    ...patternOf("GET /apis/serving.knative.dev/v1/namespaces/{project}/services[/{name}]"),
  },
  {
    version: "v1",
    ...patternOf("GET /v1/projects/{project}/locations/{region}/services[/{name}]"),
  },
  {
    version: "v2",
    ...patternOf("GET /v2/projects/{project}/locations/{region}/services[/{name}]"),
  },
];

const SERVICE = "projects/{project}/locations/{region}/services/{name}";
const IAM_ROUTES = ["v1", "v2"].flatMap((version) => iamRoutes(`/${version}/${SERVICE}`, "GET"));

/** Starts answering for Cloud Run. Services count as created when it is made. */
export function cloudRun(cloud: Cloud): RestSimulator {
  const createTime = new Date(cloud.clock.now()).toISOString();
  return {
    get hosts() {
      const regions = new Set(cloud.services().map(({ region }) => region));
      return [GLOBAL_HOST, ...[...regions].map((region) => `${region}-${GLOBAL_HOST}`)];
    },
    handle: (request, caller) => {
      const run = { cloud, caller, createTime, services: cloud.services() };
      const path = decoded(request.url.pathname, malformed);
      const ofPolicy = matchOf(IAM_ROUTES, request.method, path);
      if (ofPolicy === undefined) return jsonResponse(200, answer(request, run));
      const { project = "", region = "", name = "" } = ofPolicy.variables;
      const scope = { project, region };
      const governed = {
        permissions: "run.services",
        on: { resource: serviceResource(scope, name, run) },
      };
      const check = (): unknown => existing(scope, name, run);
      return answerIam(ofPolicy.route.verb, governed, check, request, run);
    },
  };
}

function answer({ method, url }: LocalRequest, run: Run): unknown {
  const called = `${method} https://${url.hostname}${url.pathname}`;
  const { version, scope, name } = targetOf(method, url, called);
  for (const parameter of url.searchParams.keys()) {
    if (SYSTEM_PARAMETERS.has(parameter)) continue;
    throw unsupported(`${called} with the parameter ${parameter}`);
  }
  if (name !== undefined) {
    const service = getService(scope, name, run);
    return version === "v1" ? knative(service, run) : serviceV2(service, run);
  }
  const services = listServices(scope, run);
  return version === "v1"
    ? knativeList(services, run)
    : { services: services.map((service) => serviceV2(service, run)) };
}

interface Target {
  readonly version: "v1" | "v2";
  readonly scope: Scope;
  /** Absent for the list. */
  readonly name: string | undefined;
}

/** `-` lists all regions, in v1 only: v2's reference calls it no valid location. One service is in one region. */
function targetOf(method: string, { hostname, pathname }: URL, called: string): Target {
  const path = decoded(pathname, malformed);
  const matched = matchOf(ROUTES, method, path);
  if (matched === undefined) throw unsupported(called);
  const { version } = matched.route;
  const { project = "", name, region = regionOf(hostname) } = matched.variables;
  // A colon begins a method of its own. The region of a namespace stands in the host alone.
  if (name?.includes(":") === true || region === undefined) throw unsupported(called);
  if (region === "-" && (version === "v2" || name !== undefined)) {
    throw new ApiError("INVALID_ARGUMENT", `The location of ${path} must be a region, not "-".`);
  }
  return { version, scope: { project, region }, name };
}

/** Undefined for the host of all regions. */
function regionOf(hostname: string): string | undefined {
  return hostname === GLOBAL_HOST ? undefined : hostname.slice(0, -`-${GLOBAL_HOST}`.length);
}

function malformed(pathname: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", `Malformed path ${pathname}.`);
}

function unsupported(what: string): ApiError {
  return new ApiError("UNIMPLEMENTED", `${what} is not simulated.`);
}

/** Cloud Run's Admin API as a part of the local cloud. */
export const runService: RunsService = {
  declares,
  start: (cloud) => ({ apis: [cloudRun(cloud)], takes: {} }),
};
