/** What the person who deploys needs on the project. Granted by whoever owns the project, never by this program. */
import type { CustomRole } from "./access.ts";

export interface DeployerRole {
  readonly role: string;
  /** What the person does with it. */
  readonly why: string;
}

/** Whatever the systems are. */
const PLATFORM_DEPLOYER: readonly DeployerRole[] = [
  { role: "roles/serviceusage.serviceUsageAdmin", why: "enables APIs and makes their agents" },
  {
    role: "roles/resourcemanager.projectIamAdmin",
    why: "gives the build account project roles",
  },
  { role: "roles/iam.serviceAccountAdmin", why: "makes service accounts and grants roles on them" },
  {
    role: "roles/iam.serviceAccountUser",
    why: "deploys what runs and builds as these accounts",
  },
  {
    role: "roles/artifactregistry.admin",
    why: "makes the repository of images and grants the build account",
  },
  { role: "roles/storage.admin", why: "makes buckets, uploads sources and grants roles on them" },
  { role: "roles/cloudfunctions.admin", why: "deploys functions" },
  { role: "roles/run.admin", why: "grants roles on the functions' services" },
];

/** Where a system makes roles of the project's own. */
const CUSTOM_ROLES_DEPLOYER: DeployerRole = {
  role: "roles/iam.roleAdmin",
  why: "makes the project's own roles",
};

interface Deployed {
  readonly deployer: readonly DeployerRole[];
  readonly customRoles?: readonly CustomRole[];
}

/** What a stack of these systems needs: each role once, with all its reasons. */
export function deployerOf(systems: readonly Deployed[]): readonly DeployerRole[] {
  const makesRoles = systems.some(({ customRoles = [] }) => customRoles.length > 0);
  const roles = [
    ...PLATFORM_DEPLOYER,
    ...(makesRoles ? [CUSTOM_ROLES_DEPLOYER] : []),
    ...systems.flatMap(({ deployer }) => deployer),
  ];
  const byRole = Map.groupBy(roles, ({ role }) => role);
  return [...byRole].map(([role, reasons]) => ({
    role,
    why: reasons.map(({ why }) => why).join("; "),
  }));
}
