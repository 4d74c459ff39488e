/** IAM's own API, as far as policies of service accounts go. Source: cloud.google.com/iam/docs/reference/rest. */
import { account } from "../../../infra/google/iam/kinds.ts";
import { ApiError } from "../../errors.ts";
import type { Cloud, RestSimulator } from "../api.ts";
import { iamRoutes, policyApi } from "../iam-rest.ts";

export function accountPolicies(cloud: Cloud): RestSimulator {
  const { projectId, projectNumber } = cloud;
  return policyApi(cloud, {
    hosts: ["iam.googleapis.com"],
    routes: iamRoutes("/v1/projects/{project}/serviceAccounts/{email}", "POST"),
    governed: ({ project = "", email = "" }) => ({
      permissions: "iam.serviceAccounts",
      on: {
        // A hyphen stands for the account's own project.
        resource: account.of(email, {
          project: ["-", projectNumber].includes(project) ? projectId : project,
        }),
      },
    }),
    existing: (resource) => {
      const { project, email = "" } = account.parse(resource) ?? {};
      if (project === projectId && cloud.hasServiceAccount(email)) return;
      throw new ApiError("NOT_FOUND", `Unknown service account: ${email}.`);
    },
  });
}
