/** What a program declares of the project itself. */
import { none, type DeclaresService } from "../service.ts";
import { offered, roles } from "./roles.ts";

export const project: DeclaresService = {
  name: "project",
  empty: () => ({}),
  roles,
  offered,
  declares: {
    "gcp:projects/service:Service": none("every API that is simulated here is enabled"),
    "gcp:projects/serviceIdentity:ServiceIdentity": none("Google's own agents always exist here"),
  },
};
