/**
 * The Service Account Credentials API: tokens and signatures in the name of a service account, for who may have them. Over
 * REST, as google-auth-library and gcloud speak it; clients of gRPC find no such service.
 * Source: cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts.
 */
import { ApiError } from "../../../errors.ts";
import { boundedBodyOf, jsonResponse, type LocalRequest } from "../../../http/message.ts";
import type { Caller } from "../../../iam/types.ts";
import { decoded, matchOf, patternOf } from "../../../http/routes.ts";
import type { Cloud, RestSimulator } from "../../api.ts";
import { invalid } from "./fields.ts";
import { METHODS } from "./methods.ts";

const ROUTES = [patternOf("POST /v1/projects/{project}/serviceAccounts/{account}:{method}")];

/** Query parameters of every Google API that leave the answer as it is. Source: cloud.google.com/apis/docs/system-parameters. */
const HARMLESS_PARAMETERS = new Set(["alt", "$alt", "prettyPrint", "key", "quotaUser"]);

/** Far more than what anybody signs. */
const MAX_BYTES = 1024 * 1024;

export function iamCredentials(cloud: Cloud): RestSimulator {
  return {
    hosts: ["iamcredentials.googleapis.com"],
    handle: async (request, caller) => jsonResponse(200, await answer(request, caller, cloud)),
  };
}

async function answer(request: LocalRequest, caller: Caller, cloud: Cloud): Promise<unknown> {
  const { method: verb, url } = request;
  const called = `${verb} https://${url.hostname}${url.pathname}`;
  const {
    project,
    account = "",
    method = "",
  } = matchOf(ROUTES, verb, url.pathname)?.variables ?? {};
  if (!Object.hasOwn(METHODS, method)) throw unsupported(called);
  for (const parameter of url.searchParams.keys()) {
    if (!HARMLESS_PARAMETERS.has(parameter)) {
      throw unsupported(`${called} with the parameter ${parameter}`);
    }
  }
  // "The - wildcard character is required; replacing it with a project ID is invalid."
  if (project !== "-") throw invalid("The name must be projects/-/serviceAccounts/EMAIL.");
  const email = decoded(account, () => invalid(`Malformed path ${url.pathname}.`));
  const body = await boundedBodyOf(request, MAX_BYTES);
  if (body === undefined) throw invalid("The request is too large.");
  return METHODS[method]?.(body.toString(), { caller, cloud, email });
}

function unsupported(what: string): ApiError {
  return new ApiError("UNIMPLEMENTED", `${what} is not simulated.`);
}
