/** The variables of a function that hold secrets, read when an instance starts. */
import { ApiError } from "../errors.ts";
import type { Ports } from "../google/service.ts";
import type { ServiceSpec } from "./spec.ts";

type AccessSecret = Ports["accessSecret"];

/**
 * Reads them as the function's service account, `latest` as it is now. Throws in the words of Cloud Run's log
 * (encoredev/encore#2202, google-github-actions/deploy-cloud-functions#407), after which the instance does not start:
 * docs.cloud.google.com/run/docs/configuring/services/secrets.
 */
export function secretEnvironment(
  { secretEnv, serviceAccount }: ServiceSpec,
  access: AccessSecret,
): Readonly<Record<string, string>> {
  const read = (variable: string, version: string): string => {
    try {
      const text = access(`serviceAccount:${serviceAccount}`, version).toString();
      // Node would refuse it with an error that shows it.
      if (text.includes("\0")) throw new ApiError("FAILED_PRECONDITION", "It has a NUL byte.");
      return text;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new Error(
        `Could not fetch secret "${version}" for environment variable "${variable}". Instance startup will now abort: ${error.message}`,
        { cause: error },
      );
    }
  };
  return Object.fromEntries(
    Object.entries(secretEnv).map(([variable, version]) => [variable, read(variable, version)]),
  );
}
