/** The whole platform: one declaration for Pulumi, for the local cloud and for the tests. */
import { bundle } from "./bundle/bundle.ts";
import { agentRows, type AccessRow, type CustomRole } from "./access.ts";
import { Project, projectRows } from "./components/project.ts";
import type { PlatformConfig } from "./config/config.ts";
import { deployerOf, type DeployerRole } from "./deployer.ts";
import { SYSTEMS } from "./systems/index.ts";
import { systemsOf, type BundleOf, type EntryPoint, type Outside, type Systems } from "./system.ts";

/** What the program declares besides resources. Plain values throughout. */
export interface Platform {
  readonly entryPoints: readonly EntryPoint[];
  /** System → what it needs of the outside world. Has each system of the stack. */
  readonly outside: Readonly<Record<string, Outside>>;
  /** The access matrix. */
  readonly rows: readonly AccessRow[];
}

/**
 * Declares every resource of a stack. May be called for several stacks in one process, one after another. `bundleOf` may
 * hand in bundles that were made elsewhere; by default they are made here. `all`: the systems that there are.
 */
export async function declarePlatform(
  config: PlatformConfig,
  bundleOf: BundleOf = bundle,
  all: Systems = SYSTEMS,
): Promise<Platform> {
  const systems = systemsOf(config, all);
  const project = new Project("project", {
    place: config,
    apis: systems.flatMap(([, { apis }]) => apis),
    agents: systems.flatMap(([, { agents }]) => agents),
  });
  const parts = await Promise.all(
    systems.map(async ([name, system]) => ({
      name,
      ...(await system.declare(config, project, bundleOf)),
    })),
  );
  return {
    entryPoints: parts.flatMap(({ entryPoints }) => entryPoints),
    outside: Object.fromEntries(parts.map(({ name, outside = {} }) => [name, outside])),
    rows: accessRows(config, all),
  };
}

/** The access matrix of a stack, the project's own rows first. */
export function accessRows(config: PlatformConfig, all: Systems = SYSTEMS): readonly AccessRow[] {
  const rows = systemsOf(config, all).flatMap(([name, system]) => [
    ...system.rows(config),
    ...agentRows(name, system.agents, config),
  ]);
  return [...projectRows(config), ...rows];
}

/** Roles of the project's own that these systems make. */
export function customRoles(
  config: Pick<PlatformConfig, "systems">,
  all: Systems = SYSTEMS,
): readonly CustomRole[] {
  return systemsOf(config, all).flatMap(([, system]) => system.customRoles ?? []);
}

/** What the person who deploys a stack of these systems needs on the project. */
export function deployerRoles(
  config: Pick<PlatformConfig, "systems">,
  all: Systems = SYSTEMS,
): readonly DeployerRole[] {
  return deployerOf(systemsOf(config, all).map(([, system]) => system));
}
