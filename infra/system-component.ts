import * as pulumi from "@pulumi/pulumi";
import type { AccessRow, CustomRole as Role } from "./access.ts";
import type { Bundle } from "./bundle/bundle.ts";
import { FunctionRole } from "./components/function.ts";
import { Grants } from "./components/grants.ts";
import type { Project } from "./components/project.ts";
import type { RoleSettings } from "./components/role-settings.ts";
import { Source } from "./components/source.ts";
import { CustomRole } from "./google/iam/custom-role.ts";
import type { Kind } from "./google/kind.ts";
import { KINDS } from "./google/services.ts";
import { ServiceAccount } from "./google/iam/service-account.ts";
import type { PlatformConfig } from "./config/config.ts";

interface SystemArgs<Config> {
  readonly config: Config;
  readonly project: Project;
  /** The system's own. */
  readonly rows: readonly AccessRow[];
  /** Id → description. */
  readonly identities: Readonly<Record<string, string>>;
  /** Roles that its rows grant. Default: none. */
  readonly customRoles?: readonly Role[];
  /** Default: those of Google's services. */
  readonly kinds?: readonly Kind[];
}

/** A system: everything in it waits for the project, and every binding for what it names. */
export abstract class SystemComponent<Config extends PlatformConfig = PlatformConfig>
  extends pulumi.ComponentResource
{
  protected readonly config: Config;
  protected readonly project: Project;
  private readonly identities: Readonly<Record<string, string>>;
  /** Begins the names of its resources. */
  protected readonly prefix: string;
  protected readonly within: {
    readonly parent: pulumi.Resource;
    readonly dependsOn: pulumi.Resource[];
  };
  protected readonly grants: Grants;

  /** @param type of the component: `Enqueuer` */
  constructor(type: string, name: string, args: SystemArgs<Config>) {
    super(`switchyard:system:${type}`, name);
    const { config, project, rows, identities, customRoles = [], kinds = KINDS } = args;
    this.config = config;
    this.project = project;
    this.identities = identities;
    this.prefix = name;
    this.within = { parent: this, dependsOn: [...project.ready] };
    const roles = customRoles.map((role) => {
      const args = { role, place: config };
      return new CustomRole(`${name}-role-${role.id}`, args, this.within);
    });
    this.grants = new Grants({ prefix: name, rows, customRoles: roles, kinds, ...this.within });
  }

  /** An identity that rows may name, as member and as resource. */
  protected account(id: string): ServiceAccount {
    const description = this.identities[id];
    if (description === undefined) throw new Error(`The system has no identity ${id}.`);
    const args = { id, description, place: this.config };
    const account = new ServiceAccount(`${this.prefix}-${id}`, args, this.within);
    this.grants.declared(account.member, account.account);
    this.grants.declared(account.resourceName, account.account);
    return account;
  }

  /**
   * A function of a role, which bears the role's name: its source, itself, and what rows grant on it. It waits for the
   * bindings of its account and for what `first` names.
   */
  protected function(
    functionName: string,
    bundle: Bundle,
    account: ServiceAccount,
    settings: RoleSettings,
    first: readonly pulumi.Resource[] = [],
  ): FunctionRole {
    const made = new FunctionRole(
      `${this.prefix}-${functionName}-function`,
      {
        system: this.prefix,
        functionName,
        place: this.config,
        project: this.project,
        source: this.source(functionName, bundle),
        account,
        ...settings,
      },
      this.afterGrantsOf(account, first),
    );
    this.grants.declared(made.resourceName, made.function);
    return made;
  }

  protected source(name: string, bundle: Bundle): Source {
    const args = { bundle, project: this.project };
    return new Source(`${this.prefix}-${name}-source`, args, { parent: this });
  }

  /** Of what an account runs: an instance needs all that the account may do. */
  protected afterGrantsOf(account: ServiceAccount, first: readonly pulumi.Resource[] = []) {
    const dependsOn = [...this.within.dependsOn, ...first, ...this.grants.of(account.member)];
    return { parent: this, dependsOn };
  }
}
