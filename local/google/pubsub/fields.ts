/** Reading messages in which null, undefined and absence mean the same, and the refusals of what they hold. */
import { ApiError } from "../../errors.ts";

/**
 * Throws UNIMPLEMENTED, naming the field, for anything set that this simulator would otherwise ignore. What says the
 * same as an unset field (false, zero, empty) changes nothing and is let through.
 * `path` is what stands before the field's name in the message, for example `Topic`.
 */
export function refuseUnsupported(
  message: object,
  path: string,
  supported: ReadonlySet<string>,
): void {
  for (const [field, value] of Object.entries(message)) {
    if (supported.has(field) || isUnset(value)) continue;
    throw new ApiError(
      "UNIMPLEMENTED",
      `${path}.${field} is not supported by the local Pub/Sub; remove the field.`,
    );
  }
}

function isUnset(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0) return true;
  if (value === "" || (Array.isArray(value) && value.length === 0)) return true;
  return typeof value === "string" && value.endsWith("_UNSPECIFIED");
}

export function invalid(message: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", message);
}

/** In the service's words, as public reports quote them. */
export function notFound(name: string): ApiError {
  return new ApiError("NOT_FOUND", `Resource not found (resource=${shortId(name)}).`);
}

/** In the service's words, as public reports quote them. */
export function alreadyExists(name: string): ApiError {
  return new ApiError(
    "ALREADY_EXISTS",
    `Resource already exists in the project (resource=${shortId(name)}).`,
  );
}

/** The last segment of a name. */
export function shortId(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/**
 * The message that an update asks for: `current` with the fields of the mask taken from `wanted`. Paths are spelled as
 * in the proto. A field of the mask that is unset in `wanted` goes back to its default. Throws INVALID_ARGUMENT, as
 * Google's emulator words it, for an empty mask and for a path that may not be named.
 */
export function masked<Message extends object>(
  current: Message,
  wanted: Message,
  paths: readonly string[] | null | undefined,
  mutable: ReadonlySet<string>,
): Message {
  if (paths === null || paths === undefined || paths.length === 0) {
    throw invalid("The update_mask must be set, and must contain a non-empty paths list.");
  }
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(current));
  for (const path of paths) {
    const [field = "", inner, ...rest] = path.split(".").map(camelCase);
    if (!mutable.has(field) || rest.length > 0) {
      throw invalid(`Invalid update_mask: the ${path} field is not known, or not mutable.`);
    }
    const value = (wanted as Record<string, unknown>)[field];
    result[field] =
      inner === undefined
        ? value
        : { ...(result[field] as object), [inner]: (value as Record<string, unknown>)[inner] };
  }
  return result as Message;
}

function camelCase(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
