/** Google's own proto descriptors, as they ship inside the client packages, read once per process. */
import { readFileSync } from "node:fs";
import protobuf from "protobufjs";
import type { Mixin } from "../google/api.ts";

/** One `google.api.http` binding of a method (google/api/http.proto). */
export interface HttpRule {
  /** `POST` */
  readonly verb: string;
  /** The path with its variables, `/v2/{queue.name=…}`. */
  readonly template: string;
  /** `*`, the name of a field, or nothing: then the fields that are not in the path come from the query. */
  readonly body: string | undefined;
}

/** One method of an API, with what both transports need to know about it. */
export interface ApiMethod {
  /** `CreateTask` */
  readonly name: string;
  /** `/google.cloud.tasks.v2.CloudTasks/CreateTask` */
  readonly path: string;
  /** `google.cloud.tasks.v2.CloudTasks.CreateTask` */
  readonly fullName: string;
  readonly request: protobuf.Type;
  readonly response: protobuf.Type;
  /** Whether the client may send more than one request. */
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly rules: readonly HttpRule[];
}

const VERBS = ["get", "put", "post", "delete", "patch"] as const;

const roots = new Map<string, protobuf.Root>();

/**
 * The methods of a service, or of several.
 * @param descriptors resolvable by `import.meta.resolve`: `protos.json` itself, or the module that lies beside it where
 * the package exports only that.
 * @param services `google.cloud.tasks.v2.CloudTasks`
 */
export function methodsOf(descriptors: string, services: string | readonly string[]): ApiMethod[] {
  return [services].flat().flatMap((service) => methodsOfOne(descriptors, service));
}

/** The methods of a service of another package, where this API has them. */
export function methodsOfMixin({ descriptors, service, paths }: Mixin): ApiMethod[] {
  return methodsOfOne(descriptors, service).map((method) => ({
    ...method,
    rules: (paths[method.name] ?? []).map((path) => {
      const [verb = "", template = ""] = path.split(" ");
      return { verb, template, body: verb === "GET" ? undefined : "*" };
    }),
  }));
}

function methodsOfOne(descriptors: string, service: string): ApiMethod[] {
  return rootOf(descriptors)
    .lookupService(service)
    .methodsArray.map((method) => {
      const { resolvedRequestType: request, resolvedResponseType: response } = method;
      if (request === null || response === null) {
        throw new Error(`${descriptors} lacks the types of ${method.fullName}`);
      }
      return {
        name: method.name,
        path: `/${service}/${method.name}`,
        fullName: method.fullName.slice(1),
        request,
        response,
        requestStream: method.requestStream === true,
        responseStream: method.responseStream === true,
        rules: rulesOf(method),
      };
    });
}

function rootOf(descriptors: string): protobuf.Root {
  const url = new URL("protos.json", import.meta.resolve(descriptors));
  const known = roots.get(url.href);
  if (known !== undefined) return known;
  const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(url, "utf8")) as protobuf.INamespace);
  root.resolveAll();
  roots.set(url.href, root);
  return root;
}

type RawRule = Readonly<Partial<Record<(typeof VERBS)[number], string>>> & {
  readonly body?: string;
  readonly additional_bindings?: RawRule | readonly RawRule[];
};

function rulesOf(method: protobuf.Method): HttpRule[] {
  const options = (method.parsedOptions ?? []) as readonly Readonly<Record<string, unknown>>[];
  return options.flatMap((option) => {
    const rule = option["(google.api.http)"] as RawRule | undefined;
    return rule === undefined
      ? []
      : [rule, ...[rule.additional_bindings ?? []].flat()].flatMap(toRules);
  });
}

function toRules(rule: RawRule): HttpRule[] {
  return VERBS.flatMap((verb) => {
    const template = rule[verb];
    return template === undefined ? [] : [{ verb: verb.toUpperCase(), template, body: rule.body }];
  });
}
