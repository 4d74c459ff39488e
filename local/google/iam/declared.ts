/** What a program declares of IAM: its service accounts, and its project's own roles. */
import * as v from "valibot";
import { accountEmail, accountName, customRole } from "../../../infra/google/iam/kinds.ts";
import { local, type DeclaresService, type Inputs, type Item } from "../service.ts";
import { denial } from "./denial.ts";
import { offered, roles } from "./roles.ts";

const AccountInputs = v.strictObject({
  accountId: v.string(),
  project: v.string(),
  displayName: v.optional(v.string()),
  description: v.optional(v.string()),
});

/** A role of the project's own, by its whole name. */
interface DeclaredRole extends Item {
  readonly permissions: readonly string[];
}

interface IamSlice extends Record<string, DeclaredRole[]> {
  readonly "custom role": DeclaredRole[];
}

const RoleInputs = v.strictObject({
  roleId: v.string(),
  project: v.string(),
  title: v.string(),
  description: v.optional(v.string()),
  permissions: v.array(v.string()),
  // The stage is for people to read, but for DISABLED: such a role gives nothing, so it is refused here.
  stage: v.picklist(["ALPHA", "BETA", "GA"]),
});

export const iam: DeclaresService<IamSlice> = {
  name: "iam",
  empty: () => ({ "custom role": [] }),
  roles,
  offered,
  customRoles: (slice) =>
    Object.fromEntries(slice["custom role"].map(({ name, permissions }) => [name, permissions])),
  denials: { iam: denial },
  declares: {
    "gcp:serviceaccount/account:Account": local(
      AccountInputs,
      ({ accountId: id, project }, _slice, { serviceAccounts }) => {
        serviceAccounts.push({ id, email: accountEmail(id, { project }) });
      },
      accountComputed,
    ),
    "gcp:projects/iAMCustomRole:IAMCustomRole": local(
      RoleInputs,
      ({ roleId, project, permissions }, slice) => {
        const name = customRole.of(roleId, { project });
        slice["custom role"].push({ name, permissions: permissions.toSorted() });
      },
      roleComputed,
    ),
  },
};

function roleComputed(inputs: Inputs) {
  const name = customRole.of(String(inputs.roleId), { project: String(inputs.project) });
  return { id: name, state: { ...inputs, name, deleted: false } };
}

function accountComputed(inputs: Inputs) {
  const [id, project] = [String(inputs.accountId), String(inputs.project)];
  const email = accountEmail(id, { project });
  const name = accountName(id, { project });
  return { id: name, state: { ...inputs, email, name, member: `serviceAccount:${email}` } };
}
