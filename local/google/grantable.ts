/** All that can be granted on Google's services as they are simulated here. */
import { AGENTS, KINDS } from "../../infra/google/services.ts";
import { RoleTable } from "../iam/roles.ts";
import type { Grantable } from "../iam/suggest.ts";
import { DECLARES } from "./declares.ts";

export const GRANTABLE: Grantable = {
  roles: new RoleTable(DECLARES.map(({ roles }) => roles)),
  kinds: KINDS,
  agents: AGENTS,
};
