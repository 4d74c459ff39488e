/**
 * proto3's JSON mapping (protobuf.dev/programming-guides/json), strict as Google's front ends are: the library that
 * converts would pass over an unknown name in silence.
 */
import { fromProto3JSON, toProto3JSON, type JSONValue } from "proto3-json-serializer";
import protobuf from "protobufjs";
import { ApiError } from "../errors.ts";

export type { JSONValue };

const INTEGER = /^u?int(32|64)$|^s?fixed(32|64)$|^sint(32|64)$/;

/** Well-known types have a JSON form of their own, which the library checks. */
const WELL_KNOWN = ".google.protobuf.";

/** JSON writes a mask's paths in camel case, messages hold them as the proto does; the library leaves them as they are. */
const FIELD_MASK = ".google.protobuf.FieldMask";

/** A message from its JSON form. Throws INVALID_ARGUMENT in Google's words for an unknown name or a wrong kind of value. */
export function messageOf(type: protobuf.Type, json: JSONValue): protobuf.Message {
  const checked = checkedObject(type, json, "");
  try {
    const message = fromProto3JSON(type, checked);
    return message ?? type.create();
  } catch (error) {
    throw invalid("", error instanceof Error ? error.message : String(error));
  }
}

/** The JSON form of a message: fields that are not set are absent. */
export function jsonOf(message: protobuf.Message): JSONValue {
  dropEmptyMaps(message);
  return toProto3JSON(message) ?? {};
}

/** A new message holds an empty object for each of its maps, and the library would write those out. */
function dropEmptyMaps(message: protobuf.Message): void {
  const values = message as unknown as Record<string, unknown>;
  for (const field of message.$type.fieldsArray) {
    const value = values[field.name];
    if (typeof value !== "object" || value === null || !Object.hasOwn(values, field.name)) continue;
    if (field.map && Object.keys(value).length === 0) Reflect.deleteProperty(values, field.name);
    if (!(field.resolvedType instanceof protobuf.Type)) continue;
    const isMany = field.map || field.repeated;
    for (const inner of isMany ? Object.values(value) : [value]) {
      dropEmptyMaps(inner as protobuf.Message);
    }
  }
}

/** The field of that name, written either way: `scheduleTime` or `schedule_time`. */
export function fieldOf(type: protobuf.Type, name: string): protobuf.Field | undefined {
  const known = [name, camelCase(name)].find((each) => Object.hasOwn(type.fields, each));
  return known === undefined ? undefined : type.fields[known];
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(paths: string): string {
  return paths.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Google's answer to a request that does not fit the message. */
export function invalid(field: string, description: string): ApiError {
  const violation = field === "" ? { description } : { field, description };
  return new ApiError("INVALID_ARGUMENT", description, [
    { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [violation] },
  ]);
}

function checkedObject(type: protobuf.Type, json: JSONValue, path: string): JSONValue {
  if (json === null || typeof json !== "object" || Array.isArray(json)) {
    throw wrongValue(path, `type.googleapis.com/${type.fullName.slice(1)}`, json);
  }
  const checked: Record<string, JSONValue> = {};
  for (const [name, value] of Object.entries(json)) {
    const field = fieldOf(type, name);
    if (field === undefined) {
      const at = path === "" ? "" : ` at '${path}'`;
      throw invalid(
        path,
        `Invalid JSON payload received. Unknown name ${JSON.stringify(name)}${at}: Cannot find field.`,
      );
    }
    // By the mapping null stands for a field that is not set.
    if (value === null) continue;
    checked[field.name] = checkedField(field, value, path === "" ? name : `${path}.${name}`);
  }
  return checked;
}

function checkedField(field: protobuf.Field, value: JSONValue, path: string): JSONValue {
  if (field.repeated) {
    if (!Array.isArray(value)) throw wrongValue(path, typeName(field), value);
    return value.map((item, index) => checkedValue(field, item, `${path}[${index}]`));
  }
  if (!field.map) return checkedValue(field, value, path);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw wrongValue(path, "Map", value);
  }
  const entries = Object.entries(value).map(([key, item]): [string, JSONValue] => [
    key,
    checkedValue(field, item ?? null, `${path}[${JSON.stringify(key)}]`),
  ]);
  return Object.fromEntries(entries);
}

function checkedValue(field: protobuf.Field, value: JSONValue, path: string): JSONValue {
  const type = field.resolvedType;
  if (type === null) {
    if (!isScalar(field.type, value)) throw wrongValue(path, typeName(field), value);
    return value;
  }
  if ("values" in type) {
    const isKnown =
      typeof value === "string" ? Object.hasOwn(type.values, value) : Number.isInteger(value);
    if (!isKnown) throw wrongValue(path, typeName(field), value);
    return value;
  }
  if (type.fullName === FIELD_MASK && typeof value === "string") return snakeCase(value);
  return type.fullName.startsWith(WELL_KNOWN) ? value : checkedObject(type, value, path);
}

function isScalar(type: string, value: JSONValue): boolean {
  if (type === "bool") return typeof value === "boolean";
  if (type === "string") return typeof value === "string";
  if (type === "bytes") return typeof value === "string" && /^[\w+/-]*={0,2}$/.test(value);
  if (INTEGER.test(type)) {
    return typeof value === "string" ? /^-?\d+$/.test(value) : Number.isInteger(value);
  }
  return typeof value === "number" || (typeof value === "string" && value.trim() !== "");
}

function typeName(field: protobuf.Field): string {
  const type = field.resolvedType;
  return type === null
    ? `TYPE_${field.type.toUpperCase()}`
    : `type.googleapis.com/${type.fullName.slice(1)}`;
}

function wrongValue(path: string, type: string, value: JSONValue): ApiError {
  return invalid(path, `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}`);
}
