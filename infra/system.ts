/** What a system gives the platform. One file per system makes one of these; platform.ts lists them. */
import type { Bundle } from "./bundle/bundle.ts";
import type { AccessRow, CustomRole } from "./access.ts";
import type { Project } from "./components/project.ts";
import type { PlatformConfig } from "./config/config.ts";
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
  readonly example?: { readonly path: string; readonly body: unknown };
}

/** A Cloud Run service that a system calls and binds, but does not create. */
export interface ExternalService {
  /** The worker's name in the stack's config. */
  readonly worker: string;
  readonly service: string;
  readonly region: string;
  /** The full URL that tasks are sent to. */
  readonly url: string;
  /** What the sample worker needs to answer in its place where it is out of reach. */
  readonly env: Readonly<Record<string, string>> & { readonly DELIVERIES_BUCKET: string };
}

/** A GitHub App as which a system acts: what its registration says. */
export interface GitHubApp {
  readonly id: string;
  /** Where GitHub delivers. */
  readonly webhookUrl: string;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  /** Those that are subscribed to. */
  readonly events: readonly string[];
  /** Resource names of the secrets that hold its private key and what its webhooks are signed with. */
  readonly keySecret: string;
  readonly webhookSecret: string;
}

export interface SystemParts {
  readonly entryPoints: readonly EntryPoint[];
  readonly externalServices: readonly ExternalService[];
  readonly githubApps: readonly GitHubApp[];
}

/** Where bundles come from, by role. */
export type BundleOf = (role: string) => Promise<Bundle>;

export interface System {
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
  readonly rows: (config: PlatformConfig) => readonly AccessRow[];
  /** What it takes over of what its document's commands made. */
  readonly takeover: (config: PlatformConfig) => Takeover;
  /** npm script → the file in its folder that the script runs. Default: none. */
  readonly commands?: Readonly<Record<string, string>>;
  /** Declares what exists, bindings of its rows included. */
  readonly declare: (
    config: PlatformConfig,
    project: Project,
    bundleOf: BundleOf,
  ) => Promise<SystemParts>;
}
