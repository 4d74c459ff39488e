/** Roles of Cloud Run. */
import type { Offered, Roles } from "../service.ts";

export const roles: Roles = {
  "roles/run.invoker": ["run.routes.invoke"],
  "roles/run.viewer": [
    "run.routes.get",
    "run.routes.list",
    "run.services.get",
    "run.services.getIamPolicy",
    "run.services.list",
    "run.services.listEffectiveTags",
    "run.services.listTagBindings",
  ],
};

export const offered: Offered = {
  supported: [
    "run.routes.get",
    "run.routes.invoke",
    "run.routes.list",
    "run.services.get",
    "run.services.getIamPolicy",
    "run.services.list",
    "run.services.listEffectiveTags",
    "run.services.listTagBindings",
  ],
};
