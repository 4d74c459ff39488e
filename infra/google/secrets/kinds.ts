/** Secret Manager. */
import { kind } from "../kind.ts";

export const secret = kind({
  noun: "secret",
  template: "projects/{project}/secrets/{secretId}",
  member: { type: "gcp:secretmanager/secretIamMember:SecretIamMember", conditions: "attributes" },
});
