/** Artifact Registry. */
import { kind } from "../kind.ts";

export const repository = kind({
  noun: "repository",
  template: "projects/{project}/locations/{location}/repositories/{repository}",
  member: { type: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember" },
});
