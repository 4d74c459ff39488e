/** All that can be granted on Google's services as they are simulated here. */
import type { GoogleService } from "../../infra/google/services.ts";
import { GOOGLE } from "../../infra/google/services.ts";
import { RoleTable } from "../iam/roles.ts";
import type { Grantable } from "../iam/suggest.ts";
import { DECLARES } from "./declares.ts";
import type { DeclaresService, Roles } from "./service.ts";

/** What these services bring to grant. */
export function grantableOf(
  google: readonly GoogleService[],
  declares: readonly DeclaresService[],
): Grantable {
  return {
    roles: new RoleTable(declares.map(({ roles }) => roles)),
    kinds: google.flatMap(({ kinds }) => kinds),
    agents: google.flatMap(({ agent }) => agent ?? []),
    denials: Object.assign({}, ...declares.map(({ denials }) => denials)) as Grantable["denials"],
  };
}

export const GRANTABLE: Grantable = grantableOf(GOOGLE, DECLARES);

/** The same with the roles that a program makes. */
export function withRoles(grantable: Grantable, customRoles: Roles): Grantable {
  return { ...grantable, roles: grantable.roles.with(customRoles) };
}
