/** Reads property values as programs and providers send them, and as the engine's state holds them. */
import { runtime } from "@pulumi/pulumi";

/** A resource's properties by name. */
export type Properties = Readonly<Record<string, unknown>>;

/** Stands for a value that only a real deployment would know. */
export const UNKNOWN = "<unknown>";

/**
 * The plain value behind a wrapped one: secrets and outputs unwrapped, a resource as its URN, an archive or a
 * file as `{ path }` only, anything not known yet as `UNKNOWN`.
 */
export function plainValue(value: unknown): unknown {
  if (value === runtime.unknownValue) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isObject(value)) return value;
  switch (value[runtime.specialSigKey]) {
    case undefined:
      return plainProperties(value);
    case runtime.specialSecretSig:
      return plainValue(
        typeof value.plaintext === "string" ? JSON.parse(value.plaintext) : value.value,
      );
    case runtime.specialOutputValueSig:
      return "value" in value ? plainValue(value.value) : UNKNOWN;
    case runtime.specialResourceSig:
      return value.urn;
    case runtime.specialArchiveSig:
    case runtime.specialAssetSig:
      return { path: value.path };
    default:
      throw new Error(`The tests do not read this kind of value: ${JSON.stringify(value)}`);
  }
}

/** `plainValue` for each property. */
export function plainProperties(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, plainValue(value)]),
  );
}

/** The value with `[secret]` in place of all that is marked as a secret. */
export function visibleValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(visibleValue);
  if (!isObject(value)) return value;
  if (isMarked(value)) return "[secret]";
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, visibleValue(inner)]),
  );
}

/** True where the value, or anything in it, is marked as a secret. */
export function containsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsSecret);
  if (!isObject(value)) return false;
  return isMarked(value) || Object.values(value).some(containsSecret);
}

function isMarked(value: Properties): boolean {
  const kind = value[runtime.specialSigKey];
  if (kind === runtime.specialSecretSig) return true;
  return kind === runtime.specialOutputValueSig && value.secret === true;
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
