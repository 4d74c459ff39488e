/** Roles on the project that building needs, which happens in the cloud: nothing on one machine asks for what they hold. */
import type { Roles } from "../service.ts";

export const roles: Roles = {
  "roles/cloudbuild.builds.builder": [],
  "roles/logging.logWriter": [],
};
