/**
 * Cloud Run's Admin API, as far as reading services goes: what `gcloud run services describe` and `list` ask for (v1)
 * and `projects.locations.services` of v2. It shows what the plan declares and keeps no state of its own.
 * Source: cloud.google.com/run/docs/reference/rest; the v1 routes are those that gcloud 528 requests.
 */
import { ApiError } from "../../errors.ts";
import { jsonResponse } from "../../http.ts";
import type { LocalRequest } from "../../http.ts";
import type { Cloud, RestSimulator } from "../api.ts";
import type { RunsService } from "../service.ts";
import { run as declares } from "./declared.ts";
import { getService, listServices } from "./operations.ts";
import type { Run, Scope } from "./operations.ts";
import { knative, knativeList } from "./v1.ts";
import { serviceV2 } from "./v2.ts";

const GLOBAL_HOST = "run.googleapis.com";

/** Query parameters of every Google API that leave the answer as it is. Source: cloud.google.com/apis/docs/system-parameters. */
const HARMLESS_PARAMETERS = new Set([
  "alt",
  "$alt",
  "prettyPrint",
  "key",
  "quotaUser",
  "userProject",
]);

const NAMESPACE =
  /^\/apis\/serving\.knative\.dev\/v1\/namespaces\/([^/]+)\/services(?:\/([^/:]+))?$/;
const LOCATION = /^\/(v1|v2)\/projects\/([^/]+)\/locations\/([^/]+)\/services(?:\/([^/:]+))?$/;

/** Starts answering for Cloud Run. Services count as created when it is made. */
export function cloudRun(cloud: Cloud): RestSimulator {
  const createTime = new Date(cloud.clock.now()).toISOString();
  return {
    get hosts() {
      const regions = new Set(cloud.functions().map(({ region }) => region));
      return [GLOBAL_HOST, ...[...regions].map((region) => `${region}-${GLOBAL_HOST}`)];
    },
    handle: (request, principal) =>
      jsonResponse(
        200,
        route(request, { cloud, principal, createTime, services: cloud.functions() }),
      ),
  };
}

function route({ method, url }: LocalRequest, run: Run): unknown {
  const called = `${method} https://${url.hostname}${url.pathname}`;
  if (method !== "GET") throw unsupported(called);
  for (const name of url.searchParams.keys()) {
    if (!HARMLESS_PARAMETERS.has(name)) throw unsupported(`${called} with the parameter ${name}`);
  }
  const { version, scope, name } = targetOf(url, called);
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
function targetOf({ hostname, pathname }: URL, called: string): Target {
  const path = decoded(pathname);
  const inNamespace = NAMESPACE.exec(path);
  if (inNamespace !== null) {
    const [, project = "", name] = inNamespace;
    // The region stands in the host alone.
    if (hostname === GLOBAL_HOST) throw unsupported(called);
    const region = hostname.slice(0, -`-${GLOBAL_HOST}`.length);
    return { version: "v1", scope: { project, region }, name };
  }
  const inLocation = LOCATION.exec(path);
  if (inLocation === null) throw unsupported(called);
  const [, written, project = "", region = "", name] = inLocation;
  const version = written === "v2" ? "v2" : "v1";
  if (region === "-" && (version === "v2" || name !== undefined)) {
    throw new ApiError("INVALID_ARGUMENT", `The location of ${path} must be a region, not "-".`);
  }
  return { version, scope: { project, region }, name };
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw new ApiError("INVALID_ARGUMENT", `Malformed path ${pathname}.`);
  }
}

function unsupported(what: string): ApiError {
  return new ApiError("UNIMPLEMENTED", `${what} is not simulated.`);
}

/** Cloud Run's Admin API as a part of the local cloud. */
export const runService: RunsService = {
  declares,
  start: (cloud) => ({ apis: [cloudRun(cloud)], takes: {} }),
};
