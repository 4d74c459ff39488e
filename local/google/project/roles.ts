/** Roles on the project that building needs, which happens in the cloud: nothing on one machine asks for what they hold. */
import type { Offered, Roles } from "../service.ts";

export const roles: Roles = {
  "roles/cloudbuild.builds.builder": [],
  "roles/logging.logWriter": [],
};

export const offered: Offered = {
  supported: [],
  // "Permission resourcemanager.projects.list is not valid": terraform-google-modules/terraform-google-iam#158.
  notSupported: ["resourcemanager.projects.list"],
};
