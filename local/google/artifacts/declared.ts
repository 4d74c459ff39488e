/** What a program declares of Artifact Registry. The least service there is: it has nothing that runs. */
import { none, type DeclaresService } from "../service.ts";
import { roles } from "./roles.ts";

export const artifacts: DeclaresService = {
  name: "artifacts",
  empty: () => ({}),
  roles,
  declares: {
    "gcp:artifactregistry/repository:Repository": none("nothing is built here"),
  },
};
