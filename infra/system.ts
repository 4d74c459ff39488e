/** What a system gives the platform. One file per system makes one of these; platform.ts lists them. */
import type { Bundle, BundleOptions } from "./bundle/bundle.ts";
import type { AccessRow, CustomRole } from "./access.ts";
import type { Project } from "./components/project.ts";
import type { ConfigOf, PlatformConfig } from "./config/config.ts";
import type { ConfigPart } from "./config/part.ts";
import type { DeployerRole } from "./deployer.ts";
import type { ServiceAgent } from "./google/agent.ts";
import type { Takeover } from "./takeover.ts";

/** What people and other programs call. Plain values: names are computed. */
export interface EntryPoint {
  readonly system: string;
  readonly role: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** A request that works, for people to try. Absent where a person cannot make one. */
  readonly example?: {
    readonly path: string;
    /** Besides the body's type. Default: none. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/**
 * What a system needs of the outside world: noun → things, each with a name of its own. Plain values, of the system's own
 * shape: whoever stands in for these things locally belongs to the same system.
 */
export type Outside = Readonly<Record<string, readonly { readonly name: string }[]>>;

export interface SystemParts {
  readonly entryPoints: readonly EntryPoint[];
  /** Default: nothing. */
  readonly outside?: Outside;
}

/** Where bundles come from, by role. */
export type BundleOf = (role: string, options?: Pick<BundleOptions, "form">) => Promise<Bundle>;

/**
 * A system whose config has these keys. Methods, not function properties: a list may then hold systems of any config, each
 * of which is only ever given its own.
 */
export interface System<
  Part extends ConfigPart = ConfigPart,
  Config extends PlatformConfig = ConfigOf<Part>,
> {
  /** Its keys of a stack's config, and what follows from them. */
  readonly config: Part;
  /** APIs it needs besides those that building and deploying need. */
  readonly apis: readonly string[];
  /** Google's agents that act for it. */
  readonly agents: readonly ServiceAgent[];
  /** Its own service accounts: id → what it is and does. */
  readonly identities: Readonly<Record<string, string>>;
  /** Roles that it makes in the project and its rows grant. Default: none. */
  readonly customRoles?: readonly CustomRole[];
  /** What the person who deploys needs for it besides what every stack needs. */
  readonly deployer: readonly DeployerRole[];
  /** Who may do what: pure, so that it can be read without declaring anything. */
  rows(config: Config): readonly AccessRow[];
  /** What it takes over of what its document's commands made. */
  takeover(config: Config): Takeover;
  /** npm script → the file in its folder that the script runs. Default: none. */
  readonly commands?: Readonly<Record<string, string>>;
  /** Declares what exists, bindings of its rows included. */
  declare(config: Config, project: Project, bundleOf: BundleOf): Promise<SystemParts>;
}

/** Systems by their names. */
export type Systems = Readonly<Record<string, System>>;

/** Those of a list that a stack runs, in the stack's order. Throws for a name that the list lacks. */
export function systemsOf(
  { systems }: Pick<PlatformConfig, "systems">,
  all: Systems,
): readonly (readonly [name: string, system: System])[] {
  return systems.map((name) => {
    const system = all[name];
    if (system === undefined) throw new Error(`There is no system ${name}.`);
    return [name, system];
  });
}
