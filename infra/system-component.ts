import * as pulumi from "@pulumi/pulumi";
import { grant, type AccessRow } from "./components/access.ts";
import type { Project } from "./components/project.ts";
import { ServiceAccount } from "./components/service-account.ts";
import type { PlatformConfig } from "./config.ts";

interface SystemArgs {
  readonly config: PlatformConfig;
  readonly project: Project;
}

/** A system: everything in it waits for the project, and every binding for what it names. */
export abstract class SystemComponent extends pulumi.ComponentResource {
  protected readonly config: PlatformConfig;
  protected readonly project: Project;
  /** Begins the names of its resources. */
  protected readonly prefix: string;
  protected readonly within: {
    readonly parent: pulumi.Resource;
    readonly dependsOn: pulumi.Resource[];
  };
  /** Members and resource names that rows may mean → what has to exist first. */
  readonly #declared = new Map<string, pulumi.Resource>();

  /** @param type of the component: `Enqueuer` */
  constructor(type: string, name: string, { config, project }: SystemArgs) {
    super(`switchyard:system:${type}`, name);
    this.config = config;
    this.project = project;
    this.prefix = name;
    this.within = { parent: this, dependsOn: [...project.ready] };
  }

  /** An identity that rows may name, as member and as resource. */
  protected account(id: string, description: string): ServiceAccount {
    const args = { id, description, place: this.config };
    const account = new ServiceAccount(`${this.prefix}-${id}`, args, this.within);
    this.#declared.set(account.member, account.account);
    this.declared(account.resourceName, account.account);
    return account;
  }

  /** Says what stands behind a resource name of rows. */
  protected declared(resourceName: string, resource: pulumi.Resource): void {
    this.#declared.set(resourceName, resource);
  }

  /** Makes the bindings of rows; what they name is declared before. */
  protected grant(rows: readonly AccessRow[]): readonly pulumi.Resource[] {
    return grant(this.prefix, rows, this.#declared, this.within);
  }
}
