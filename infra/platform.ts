/** The whole platform: one declaration for Pulumi, for the local cloud and for the tests. */
import { bundle } from "./bundle/bundle.ts";
import { agentRows, type AccessRow, type CustomRole } from "./access.ts";
import { Project, projectRows } from "./components/project.ts";
import type { PlatformConfig, SystemName } from "./config/config.ts";
import { deployerOf, type DeployerRole } from "./deployer.ts";
import { SYSTEMS } from "./systems/index.ts";
import type { BundleOf, EntryPoint, ExternalService, GitHubApp } from "./system.ts";

/** What the program declares besides resources. Plain values throughout. */
export interface Platform {
  readonly entryPoints: readonly EntryPoint[];
  readonly externalServices: readonly ExternalService[];
  readonly githubApps: readonly GitHubApp[];
  /** The access matrix. */
  readonly rows: readonly AccessRow[];
}

/**
 * Declares every resource of a stack. May be called for several stacks in one process, one after another. `bundleOf` may
 * hand in bundles that were made elsewhere; by default they are made here.
 */
export async function declarePlatform(
  config: PlatformConfig,
  bundleOf: BundleOf = bundle,
): Promise<Platform> {
  const systems = config.systems.map((name) => SYSTEMS[name]);
  const project = new Project("project", {
    place: config,
    apis: systems.flatMap(({ apis }) => apis),
    agents: systems.flatMap(({ agents }) => agents),
  });
  const parts = await Promise.all(systems.map(({ declare }) => declare(config, project, bundleOf)));
  return {
    entryPoints: parts.flatMap(({ entryPoints }) => entryPoints),
    externalServices: parts.flatMap(({ externalServices }) => externalServices),
    githubApps: parts.flatMap(({ githubApps }) => githubApps),
    rows: accessRows(config),
  };
}

/** The access matrix of a stack, the project's own rows first. */
export function accessRows(config: PlatformConfig): readonly AccessRow[] {
  const rowsOf = (name: SystemName) => [
    ...SYSTEMS[name].rows(config),
    ...agentRows(name, SYSTEMS[name].agents, config),
  ];
  return [...projectRows(config), ...config.systems.flatMap(rowsOf)];
}

/** Roles of the project's own that these systems make. */
export function customRoles({ systems }: Pick<PlatformConfig, "systems">): readonly CustomRole[] {
  return systems.flatMap((name) => SYSTEMS[name].customRoles ?? []);
}

/** What the person who deploys a stack of these systems needs on the project. */
export function deployerRoles({
  systems,
}: Pick<PlatformConfig, "systems">): readonly DeployerRole[] {
  return deployerOf(systems.map((name) => SYSTEMS[name]));
}
