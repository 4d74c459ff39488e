/** REST as the `google.api.http` annotations of the protos say it (google/api/http.proto), with Google's error format. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type protobuf from "protobufjs";
import { ApiError, CODES } from "../errors.ts";
import type { Log } from "../log.ts";
import { urlOf } from "../http/request-target.ts";
import { unimplemented, type CallMethod } from "./call.ts";
import type { ApiMethod, HttpRule } from "./descriptors.ts";
import { compileTemplate, type MatchPath } from "./path-template.ts";
import { fieldOf, invalid, jsonOf, messageOf, type JSONValue } from "./proto-json.ts";
import { bindQuery, setField, type JsonObject } from "./query.ts";
import { apiErrorOf, restError } from "./status.ts";

const MAX_BODY_BYTES = 10 * 1024 * 1024;

interface Route {
  readonly method: ApiMethod;
  readonly rule: HttpRule;
  readonly match: MatchPath;
}

/** What a request asks for, read off its first line. */
interface Asked {
  readonly method: ApiMethod;
  readonly rule: HttpRule;
  readonly variables: ReadonlyMap<string, string>;
}

export function restOf(
  { host, methods }: { readonly host: string; readonly methods: readonly ApiMethod[] },
  call: CallMethod,
  log: Log,
): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = methods.flatMap((method) =>
    method.rules.map((rule) => ({ method, rule, match: compileTemplate(rule.template) })),
  );

  async function answer(request: IncomingMessage): Promise<JSONValue> {
    const url = urlOf(request, `https://${host}`);
    if (url === undefined) throw invalid("", `Malformed URL: ${request.url ?? ""}`);
    const verb = request.method ?? "GET";
    const asked = find(routes, verb, url.pathname);
    if (asked === undefined) throw unimplemented(`${verb} https://${host}${url.pathname}`, log);
    const { method, rule } = asked;
    const body = parseJson(await read(request));
    const message = messageFrom(asked, body, url.searchParams);
    const authorization = request.headers.authorization ?? bearer(url.searchParams);
    if (method.responseStream) throw unimplemented(`${method.fullName} over ${rule.verb}`, log);
    return jsonOf(await call(method, message, authorization));
  }

  return (request, response) => {
    answer(request).then(
      (value) => send(response, 200, value),
      (thrown: unknown) => {
        const error = apiErrorOf(thrown, `${request.method ?? ""} https://${host}`, log);
        if (error.code === "UNAUTHENTICATED") {
          response.setHeader("www-authenticate", 'Bearer realm="https://accounts.google.com/"');
        }
        send(response, CODES[error.code].http, restError(error));
      },
    );
  };
}

function find(routes: readonly Route[], verb: string, path: string): Asked | undefined {
  for (const { method, rule, match } of routes) {
    if (rule.verb !== verb) continue;
    const variables = match(path);
    if (variables !== undefined) return { method, rule, variables };
  }
  return undefined;
}

function messageFrom(
  { method, rule, variables }: Asked,
  body: JSONValue | undefined,
  query: URLSearchParams,
): protobuf.Message {
  const json: JsonObject = {};
  if (rule.body === "*") {
    if (body !== undefined && !isObject(body)) {
      throw invalid("", "Invalid JSON payload received. Root element must be a message.");
    }
    Object.assign(json, body);
  } else if (rule.body !== undefined) {
    json[fieldOf(method.request, rule.body)?.name ?? rule.body] = body ?? {};
  }
  bindQuery(method.request, query, json);
  // The path wins: a name in the body that says otherwise is not what the caller addressed.
  for (const [path, value] of variables) setField(method.request, path.split("."), value, json);
  return messageOf(method.request, json);
}

function isObject(value: JSONValue): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new ApiError("INVALID_ARGUMENT", "Request payload size exceeds the limit.");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): JSONValue | undefined {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as JSONValue;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid("", `Invalid JSON payload received. ${reason}`);
  }
}

/** The token may stand in the query too (cloud.google.com/apis/docs/system-parameters). */
function bearer(query: URLSearchParams): string | undefined {
  const token = query.get("access_token");
  return token === null ? undefined : `Bearer ${token}`;
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
  response.writeHead(status, {
    "content-type": "application/json; charset=UTF-8",
    "content-length": body.length,
  });
  response.end(body);
}
