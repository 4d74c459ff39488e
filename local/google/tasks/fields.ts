/** Reading messages in which null, undefined and absence mean the same. */
import { ApiError } from "../../errors.ts";

/**
 * Throws UNIMPLEMENTED, naming the field, for anything set that this simulator would otherwise ignore.
 * `path` is what stands before the field's name in the message, for example `Task`.
 */
export function refuseUnsupported(
  message: object,
  path: string,
  supported: ReadonlySet<string>,
): void {
  for (const [field, value] of Object.entries(message)) {
    if (value === null || value === undefined || supported.has(field)) continue;
    throw new ApiError(
      "UNIMPLEMENTED",
      `${path}.${field} is not supported by the local Cloud Tasks; remove the field.`,
    );
  }
}

export function invalid(message: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", message);
}
