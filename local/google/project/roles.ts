/** Roles on the project. Nothing on one machine asks for what those hold that building needs, which happens in the cloud. */
import type { Offered, Roles } from "../service.ts";

export const roles: Roles = {
  "roles/browser": ["resourcemanager.projects.getIamPolicy"],
  "roles/cloudbuild.builds.builder": [],
  "roles/logging.logWriter": [],
};

export const offered: Offered = {
  supported: ["resourcemanager.projects.getIamPolicy", "resourcemanager.projects.setIamPolicy"],
  // "Permission resourcemanager.projects.list is not valid": terraform-google-modules/terraform-google-iam#158.
  notSupported: ["resourcemanager.projects.list"],
};
