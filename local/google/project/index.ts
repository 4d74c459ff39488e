/** Resource Manager, as far as a project's policy goes. Source: cloud.google.com/resource-manager/reference/rest. */
import { project as projects } from "../../../infra/google/project/kinds.ts";
import { ApiError } from "../../errors.ts";
import { PROJECT_ATTRIBUTES, type Cloud, type RestSimulator } from "../api.ts";
import { iamRoutes, policyApi } from "../iam-rest.ts";
import type { RunsService } from "../service.ts";
import { project as declares } from "./declared.ts";

/** Starts answering for Resource Manager. */
export function resourceManager(cloud: Cloud): RestSimulator {
  const { projectId, projectNumber } = cloud;
  return policyApi(cloud, {
    hosts: ["cloudresourcemanager.googleapis.com"],
    routes: ["v1", "v3"].flatMap((version) => iamRoutes(`/${version}/projects/{project}`, "POST")),
    governed: ({ project = "" }) => ({
      permissions: "resourcemanager.projects",
      on: {
        resource: projects.of(project === projectNumber ? projectId : project),
        attributes: PROJECT_ATTRIBUTES,
      },
    }),
    existing: (resource) => {
      if (resource === projects.of(projectId)) return;
      throw new ApiError("NOT_FOUND", `There is no ${resource}.`);
    },
  });
}

/** Resource Manager as a part of the local cloud. */
export const projectService: RunsService = {
  declares,
  start: (cloud) => ({ apis: [resourceManager(cloud)], takes: {} }),
};
