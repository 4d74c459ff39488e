/** What a program declares of Cloud Run: services, the gen2 functions that are some of them, and jobs. */
import { refused, type DeclaresService } from "../service.ts";
import { functionMeaning } from "./functions.ts";
import { offered, roles } from "./roles.ts";
import { serviceMeaning } from "./services.ts";

export const run: DeclaresService = {
  name: "run",
  empty: () => ({}),
  roles,
  offered,
  // google-github-actions/deploy-cloudrun#182; the v1 API writes `namespaces/…` for the resource.
  denials: {
    run: ({ permission, resource }) =>
      `Permission '${permission}' denied on resource '${resource}' (or resource may not exist).`,
  },
  declares: {
    "gcp:cloudfunctionsv2/function:Function": functionMeaning,
    "gcp:cloudrunv2/service:Service": serviceMeaning,
    "gcp:cloudrunv2/job:Job": refused(
      "jobs do not run on one machine yet; services and functions do",
    ),
  },
};
