/** What a program declares of IAM: its service accounts. */
import * as v from "valibot";
import { accountEmail, accountName } from "../../../infra/google/iam/kinds.ts";
import { local, type DeclaresService, type Inputs } from "../service.ts";
import { roles } from "./roles.ts";

const AccountInputs = v.strictObject({
  accountId: v.string(),
  project: v.string(),
  displayName: v.optional(v.string()),
  description: v.optional(v.string()),
});

export const iam: DeclaresService = {
  name: "iam",
  empty: () => ({}),
  roles,
  // Names an account by its email: googleapis/repo-automation-bots#5598.
  denials: { iam: ({ resource }, usual) => usual(resource.replace(/^.*\/serviceAccounts\//, "")) },
  declares: {
    "gcp:serviceaccount/account:Account": local(
      AccountInputs,
      ({ accountId: id, project }, _slice, { serviceAccounts }) => {
        serviceAccounts.push({ id, email: accountEmail(id, { project }) });
      },
      computed,
    ),
  },
};

function computed(inputs: Inputs) {
  const [id, project] = [String(inputs.accountId), String(inputs.project)];
  const email = accountEmail(id, { project });
  const name = accountName(id, { project });
  return { id: name, state: { ...inputs, email, name, member: `serviceAccount:${email}` } };
}
