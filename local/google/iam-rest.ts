/** The IAM methods of an API that is not described by protos: `…:getIamPolicy`, `…:setIamPolicy`, `…:testIamPermissions`. */
import * as v from "valibot";
import { ApiError } from "../errors.ts";
import { bodyOf, jsonResponse, type LocalRequest, type LocalResponse } from "../http/message.ts";
import type { Caller } from "../iam/types.ts";
import { decoded, matchOf, patternOf, type Pattern } from "../http/routes.ts";
import type { Cloud, RestSimulator } from "./api.ts";
import {
  needToRead,
  notSettable,
  permissionsHeld,
  policyView,
  type Governed,
} from "./iam-policy.ts";
import { SYSTEM_PARAMETERS } from "./system-parameters.ts";

type Verb = "getIamPolicy" | "setIamPolicy" | "testIamPermissions";

export interface IamRoute extends Pattern {
  readonly verb: Verb;
}

/** Who asks whom. */
interface Asking {
  readonly cloud: Cloud;
  readonly caller: Caller;
}

/** The routes below the path of a resource. `reads`: the HTTP method of getIamPolicy, which differs between APIs. */
export function iamRoutes(path: string, reads: "GET" | "POST"): readonly IamRoute[] {
  const route = (method: string, verb: Verb): IamRoute => ({
    verb,
    ...patternOf(`${method} ${path}:${verb}`),
  });
  return [
    route(reads, "getIamPolicy"),
    route("POST", "setIamPolicy"),
    route("POST", "testIamPermissions"),
  ];
}

const VERSION = "options.requestedPolicyVersion";

const Get = v.strictObject({
  options: v.optional(v.strictObject({ requestedPolicyVersion: v.optional(v.number()) })),
});
const Test = v.strictObject({ permissions: v.optional(v.array(v.string()), []) });

/** Answers one of them. `check` throws NOT_FOUND where there is no such thing; only who may read a policy is told. */
export async function answerIam(
  verb: Verb,
  governed: Governed,
  check: () => unknown,
  request: LocalRequest,
  { cloud, caller }: Asking,
): Promise<LocalResponse> {
  const { searchParams } = request.url;
  const unknown = [...searchParams.keys()].find(
    (name) => !SYSTEM_PARAMETERS.has(name) && !(verb === "getIamPolicy" && name === VERSION),
  );
  if (unknown !== undefined) {
    throw new ApiError("UNIMPLEMENTED", `${verb} with the parameter ${unknown} is not simulated.`);
  }
  if (verb === "setIamPolicy") throw notSettable(governed);
  if (verb === "testIamPermissions") {
    const { permissions } = await bodyAs(Test, request);
    const held = permissionsHeld(governed, permissions, { cloud, caller });
    return jsonResponse(200, held.length === 0 ? {} : { permissions: held });
  }
  const { options } = await bodyAs(Get, request);
  cloud.authorize({ ...caller, ...needToRead(governed) });
  check();
  const asked = searchParams.get(VERSION);
  const version = asked === null ? options?.requestedPolicyVersion : Number(asked);
  const view = policyView(governed, version, cloud);
  return jsonResponse(200, { ...view, etag: view.etag.toString("base64") });
}

interface PolicyApi {
  readonly hosts: readonly string[];
  readonly routes: readonly IamRoute[];
  /** What the variables of a route's path name. */
  readonly governed: (variables: Readonly<Record<string, string | undefined>>) => Governed;
  /** Throws NOT_FOUND where there is no such thing. */
  readonly existing: (resource: string) => unknown;
}

/** An API of which these methods are all that is simulated. */
export function policyApi(cloud: Cloud, api: PolicyApi): RestSimulator {
  return {
    hosts: api.hosts,
    handle: (request, caller) => {
      const { method, url } = request;
      const matched = matchOf(api.routes, method, decoded(url.pathname, malformed));
      if (matched === undefined) {
        const called = `${method} https://${url.hostname}${url.pathname}`;
        throw new ApiError("UNIMPLEMENTED", `${called} is not simulated.`);
      }
      const governed = api.governed(matched.variables);
      const check = () => api.existing(governed.on.resource);
      return answerIam(matched.route.verb, governed, check, request, { cloud, caller });
    },
  };
}

async function bodyAs<Schema extends v.GenericSchema>(
  schema: Schema,
  request: LocalRequest,
): Promise<v.InferOutput<Schema>> {
  const text = (await bodyOf(request)).toString().trim();
  const json = text === "" ? {} : jsonIn(text);
  // To the schema, a list is an object without fields.
  const parsed = v.safeParse(schema, Array.isArray(json) ? undefined : json);
  if (parsed.success) return parsed.output;
  const [{ message }] = parsed.issues;
  throw new ApiError("INVALID_ARGUMENT", `Invalid JSON payload received. ${message}`);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiError("INVALID_ARGUMENT", "Invalid JSON payload received.");
  }
}

function malformed(pathname: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", `Malformed path ${pathname}.`);
}
