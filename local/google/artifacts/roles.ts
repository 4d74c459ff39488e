/** Roles of Artifact Registry: known here, but nothing on one machine asks for what they hold. */
import type { Roles } from "../service.ts";

export const roles: Roles = {
  "roles/artifactregistry.writer": [],
};
