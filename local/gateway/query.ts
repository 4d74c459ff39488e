/** Query parameters and path variables as fields of a request (google/api/http.proto). */
import type protobuf from "protobufjs";
import { ApiError } from "../errors.ts";
import { fieldOf, invalid, type JSONValue } from "./proto-json.ts";

/** A message in JSON form while it is being put together. */
export type JsonObject = Record<string, JSONValue>;

/**
 * Parameters that every Google API takes beside its own (cloud.google.com/apis/docs/system-parameters) and that change
 * how an answer is laid out, at most.
 */
const SYSTEM_PARAMETERS = new Set([
  "access_token",
  "alt",
  "key",
  "oauth_token",
  "prettyPrint",
  "quotaUser",
  "userProject",
]);

/** Writes the query's parameters into the message. An unknown one is refused in Google's words. */
export function bindQuery(type: protobuf.Type, query: URLSearchParams, json: JsonObject): void {
  for (const name of new Set(query.keys())) {
    const plainName = name.replace(/^\$/, "");
    refuseUnhonoured(plainName, query.get(name) ?? "");
    if (SYSTEM_PARAMETERS.has(plainName) || name.startsWith("$")) continue;
    setField(type, name.split("."), query.getAll(name), json);
  }
}

/** Writes a value at a path of fields (`queue.name`), in the JSON form that the field's type asks for. */
export function setField(
  type: protobuf.Type,
  path: readonly string[],
  value: string | readonly string[],
  json: JsonObject,
): void {
  const [name = "", ...rest] = path;
  const field = fieldOf(type, name);
  if (field === undefined || field.map) throw unknownParameter(path.join("."));
  const texts = typeof value === "string" ? [value] : value;
  if (rest.length > 0) {
    if (field.repeated || field.resolvedType === null || !("fields" in field.resolvedType)) {
      throw unknownParameter(path.join("."));
    }
    const inner = json[field.name];
    const target: JsonObject = isObject(inner) ? inner : {};
    json[field.name] = target;
    setField(field.resolvedType, rest, texts, target);
    return;
  }
  const values = texts.map((text) => scalar(field, text));
  json[field.name] = field.repeated ? values : (values.at(-1) ?? null);
}

/** Text as JSON has it: numbers may be strings there, and so may durations, timestamps and field masks. */
function scalar(field: protobuf.Field, text: string): JSONValue {
  const isBoolean =
    field.type === "bool" || field.resolvedType?.fullName === ".google.protobuf.BoolValue";
  if (isBoolean && (text === "true" || text === "false")) return text === "true";
  const isEnum = field.resolvedType !== null && "values" in field.resolvedType;
  return isEnum && /^\d+$/.test(text) ? Number(text) : text;
}

/** Throws UNIMPLEMENTED for a system parameter that would change the answer. */
function refuseUnhonoured(name: string, value: string): void {
  if (name === "alt" && value !== "json") {
    throw new ApiError("UNIMPLEMENTED", `The local cloud answers alt=json only, not alt=${value}.`);
  }
  if (name === "fields") {
    throw new ApiError(
      "UNIMPLEMENTED",
      `The local cloud gives whole answers, not fields=${value}.`,
    );
  }
}

function unknownParameter(name: string): ApiError {
  return invalid(
    "",
    `Invalid JSON payload received. Unknown name ${JSON.stringify(name)}: Cannot bind query parameter. ` +
      `Field '${name}' could not be found in request message.`,
  );
}

function isObject(value: JSONValue | undefined): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
