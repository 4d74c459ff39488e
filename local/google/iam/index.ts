/** IAM's own APIs as a part of the local cloud. */
import type { RunsService, SliceOf } from "../service.ts";
import { accountPolicies } from "./account-policies.ts";
import { iamCredentials } from "./credentials/index.ts";
import { iam as declares } from "./declared.ts";

export const iamService: RunsService<SliceOf<typeof declares>> = {
  declares,
  start: (cloud) => ({
    apis: [iamCredentials(cloud), accountPolicies(cloud)],
    // What custom roles hold is the policy's to know.
    takes: { "custom role": { declare: () => undefined, remove: () => undefined } },
  }),
};
