import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { CustomRole as Role } from "../../access.ts";
import type { Place } from "../kind.ts";
import * as iam from "./kinds.ts";

interface CustomRoleArgs {
  readonly role: Role;
  readonly place: Place;
}

/** Source of these limits: cloud.google.com/iam/docs/creating-custom-roles. */
const ROLE_ID = /^[A-Za-z0-9_.]{3,64}$/;
const MAX_TITLE = 100;
const MAX_DESCRIPTION = 256;

/**
 * A role of the project's own. One that is deleted stays as it is for seven days, in which making it again brings it back,
 * and its id is free no sooner than 37 days after the deletion: give another role another id
 * (registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam_custom_role).
 */
export class CustomRole extends pulumi.ComponentResource {
  /** What rows grant: `projects/P/roles/ID`. */
  readonly resourceName: string;
  readonly role: gcp.projects.IAMCustomRole;

  constructor(
    name: string,
    { role: { id, title, why, permissions }, place }: CustomRoleArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const problem = problemOf({ id, title, why, permissions });
    if (problem !== undefined) throw new pulumi.RunError(`Custom role \`${id}\` ${problem}`);
    super("switchyard:component:CustomRole", name, {}, opts);
    this.resourceName = iam.customRole.of(id, place);
    this.role = new gcp.projects.IAMCustomRole(
      name,
      {
        roleId: id,
        project: place.project,
        title,
        description: why,
        permissions: permissions.toSorted(),
        stage: "GA",
      },
      { parent: this, dependsOn: opts.dependsOn },
    );
    this.registerOutputs();
  }
}

function problemOf({ id, title, why, permissions }: Role): string | undefined {
  if (!ROLE_ID.test(id)) return "must have 3 to 64 letters, digits, underscores and periods.";
  if (title === "" || title.length > MAX_TITLE) {
    return `must have a title of at most ${MAX_TITLE} characters.`;
  }
  if (why.length > MAX_DESCRIPTION) {
    return `must say why it is needed in at most ${MAX_DESCRIPTION} characters.`;
  }
  if (permissions.length === 0) return "must hold a permission.";
  const twice = permissions.find((each, index) => permissions.indexOf(each) < index);
  return twice === undefined ? undefined : `names ${twice} twice.`;
}
