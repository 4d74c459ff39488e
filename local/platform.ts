/** The local cloud: a list of steps. What each does is in the file it comes from. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startApis } from "./apis.ts";
import { RealClock, type Clock } from "./clock.ts";
import { EntryPorts, type OpenEntryPoint } from "./entry-ports.ts";
import { containerEnvironment, containerFolders } from "./host/environment.ts";
import { secretEnvironment } from "./host/secret-environment.ts";
import { createAuthority } from "./gateway/authority.ts";
import { roleEnvironment } from "./gateway/environment.ts";
import type { HostHandler } from "./gateway/host-handler.ts";
import { startGateway } from "./gateway/proxy.ts";
import {
  applyApps,
  loginOf,
  serveRepositories,
  standInGitHub,
} from "./systems/plan-runner/github-apps.ts";
import type { Folders, ServedFolder } from "./outside/github/folders/index.ts";
import { GITHUB_HOSTS, type GitHub } from "./outside/github/index.ts";
import type { CommentLimit } from "./outside/github/options.ts";
import { SITE, siteOf } from "./outside/github/site.ts";
import { runsServices } from "./google/runs.ts";
import { GRANTABLE, withRoles } from "./google/grantable.ts";
import type { Ports, RunsService } from "./google/service.ts";
import type { Send } from "./http.ts";
import { createAuthorize, type IamMode } from "./iam/authorize.ts";
import { createPolicy, evaluate, type Policy } from "./iam/evaluate.ts";
import type { Grantable } from "./iam/suggest.ts";
import { Feed } from "./iam/feed.ts";
import { createIssuer } from "./identity/issuer.ts";
import { MetadataServers } from "./identity/metadata-servers.ts";
import type { Log } from "./log.ts";
import { listener, urlThroughGateway } from "./node-http.ts";
import type { Declared } from "./declared/declared.ts";
import {
  createRunFolder,
  PROJECT_FOLDER,
  removeRunFolder,
  writeAttachment,
  type Attachment,
} from "./run-folder.ts";
import { Services } from "./services.ts";
import { findTofu, NO_TOFU, runsTofu } from "./systems/plan-runner/tofu.ts";
import type { Cloud } from "./google/api.ts";
import { GOOGLE_KEY_HOSTS, serveGoogleKeys } from "./identity/google-keys.ts";

export interface LocalCloudOptions {
  readonly log: Log;
  /** Default `enforce`. */
  readonly iam?: IamMode;
  /** Default: wall time. */
  readonly clock?: Clock;
  /** The first developer port; the others follow it. Default 0: any free ones. */
  readonly port?: number;
  /** Worker's name → a program of the person's own. */
  readonly forwards?: ReadonlyMap<string, URL>;
  /** Repositories of the stand-in GitHub: full name → folder of the person's. Default: none. */
  readonly repositories?: ReadonlyMap<string, string>;
  /** Whether what changes in these folders is noticed. Default true. */
  readonly isWatching?: boolean;
  /** Services outside Google that a test answers for: host name → answer. */
  readonly standIns?: ReadonlyMap<string, Send>;
  /** How long a task's name stays taken after its task is gone. Default: an hour. */
  readonly dedupWindowSeconds?: number;
  /** OpenTofu; null: what is in the bucket. Default: the one that is found on this machine. */
  readonly tofu?: string | null | undefined;
  /** Which of the known limits of a comment the stand-in GitHub has. Default as it says itself. */
  readonly commentLimit?: CommentLimit;
  /** Milliseconds of wall time after which an idle role is stopped. Default as in the cloud. */
  readonly idleStopMs?: number;
  /** Google's services that run, and what is granted on them. Default: all there are. */
  readonly google?: { readonly runs: readonly RunsService[]; readonly grantable: Grantable };
}

export interface LocalCloud {
  readonly clock: Clock;
  readonly feed: Feed;
  /** Stands in for GitHub, and knows the plan's Apps. */
  readonly github: GitHub;
  /** Puts an object into a bucket, as if it had been uploaded. */
  readonly putObject: Ports["putObject"];
  readonly declared: () => Declared;
  /** What IAM answers by at present. */
  readonly policy: () => Policy;
  /** Where a person reaches each entry point, as the developer. */
  readonly entryPoints: () => readonly OpenEntryPoint[];
  /** Undefined where no folder is served. */
  readonly gitHubSite: () => GitHubSite | undefined;
  /** What `npm run within` reads. */
  readonly attachment: () => Attachment;
  /** Takes another plan into use: what did not change goes on undisturbed. */
  readonly apply: (plan: Declared) => Promise<void>;
  /** Ends all processes, ports and files. */
  readonly stop: () => Promise<void>;
}

/** The stand-in GitHub as the developer has it. */
export interface GitHubSite {
  /** `http://127.0.0.1:8082` */
  readonly url: string;
  readonly served: readonly ServedFolder[];
}

/** Starts the local cloud. Rejects when a port is taken; nothing is left running then. */
export async function startLocalCloud(
  first: Declared,
  options: LocalCloudOptions,
): Promise<LocalCloud> {
  const {
    log,
    clock = new RealClock(),
    iam = "enforce",
    standIns = new Map<string, Send>(),
    tofu = findTofu(),
    commentLimit = "stated",
    dedupWindowSeconds,
    google = { runs: runsServices({ dedupWindowSeconds }), grantable: GRANTABLE },
  } = options;
  if (tofu === undefined && first.services.some(runsTofu)) {
    log({ source: "local", severity: "WARNING", message: NO_TOFU });
  }
  const startedAt = Date.now();
  const policyOf = ({ bindings, customRoles }: Declared): Policy =>
    createPolicy(bindings, withRoles(google.grantable, customRoles));
  let declared = first;
  let policy = policyOf(declared);
  const feed = new Feed();
  const authorize = createAuthorize({ policy: () => policy, mode: iam, feed, clock, log });
  const issuer = createIssuer();
  const [authority, folder] = await Promise.all([createAuthority(), createRunFolder()]);
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, authority.caPem);

  const metadata = new MetadataServers(issuer, log);
  const services = new Services({
    log,
    issuer,
    authorize,
    isAllowed: (request) => iam === "off" || evaluate(policy, request).allowed,
    environment: (spec) => ({
      ...containerEnvironment(containerFolders(folder)),
      ...roleEnvironment({
        proxyUrl: gateway.url,
        caFile,
        metadataHost: metadata.hostOf(spec.serviceAccount),
        projectId: declared.projectId,
        gcloudConfigFolder: join(folder, "gcloud"),
      }),
      ...secretEnvironment(spec, apis.port("accessSecret")),
      // In place of the archive that the role would fetch.
      ...(runsTofu(spec) && tofu && { TOFU_BIN: tofu }),
    }),
    forwards: options.forwards ?? new Map<string, URL>(),
    ...(options.idleStopMs !== undefined && { idleStopMs: options.idleStopMs }),
  });

  const cloud: Cloud = {
    projectId: declared.projectId,
    projectNumber: declared.projectNumber,
    clock,
    log,
    authorize,
    send: (request) => (standIns.get(request.url.host) ?? services.stream)(request),
    identity: issuer,
    hasServiceAccount: (email) => declared.serviceAccounts.some((each) => each.email === email),
    services: () => declared.services,
  };
  const github = standInGitHub(declared, { deliver: services.stream, log, commentLimit });
  const apis = startApis(google.runs, {
    cloud,
    callerOf: issuer.callerOf,
  });
  const { hasServiceAccount } = cloud;
  // Keys have their own paths on hosts that APIs answer on too.
  const keys = new Map<string, HostHandler>(
    GOOGLE_KEY_HOSTS.map((host) => {
      const otherwise = () => apis.route(host)?.http;
      return [host, { http: serveGoogleKeys({ issuer, hasServiceAccount, otherwise }) }];
    }),
  );

  const functions: HostHandler = { http: services.listener };
  const outside = new Map<string, HostHandler>(
    [...GITHUB_HOSTS.map((host) => [host, github.send] as const), ...standIns].map(
      ([host, send]) => [host, { http: listener(urlThroughGateway, send, log) }],
    ),
  );
  const gateway = await startGateway({
    authority,
    log,
    route: (host) =>
      services.has(host) ? functions : (keys.get(host) ?? apis.route(host) ?? outside.get(host)),
  });
  const ports = new EntryPorts({ first: options.port ?? 0, send: services.stream, issuer, log });

  let folders: Folders | undefined;
  let site: GitHubSite | undefined;

  /** Its Apps hear of the repositories while the person reads where everything is. */
  async function openSite(repositories: ReadonlyMap<string, string>): Promise<void> {
    if (repositories.size === 0) return;
    const token = github.personalToken(loginOf(declared.developer));
    const { isWatching = true } = options;
    folders = await serveRepositories({
      github,
      plan: declared,
      repositories,
      temporary: folder,
      log,
      isWatching,
      siteUrl: () => site?.url ?? SITE,
    });
    const { url } = await ports.openAlso(SITE, siteOf(github.send), token);
    site = { url, served: folders.served };
    void folders.open();
  }

  async function apply(next: Declared): Promise<void> {
    if (next.projectId !== declared.projectId || next.projectNumber !== declared.projectNumber) {
      throw new Error("The project is another one now; start the local cloud again.");
    }
    const nextPolicy = policyOf(next);
    // First what may be refused: then nothing has changed yet.
    applyApps(github, declared, next);
    await ports.apply(next);
    await metadata.apply(next);
    // What functions stand on comes before them: one that a request waits for starts at once.
    apis.apply(next);
    policy = nextPolicy;
    declared = next;
    await services.apply(next);
    await writeAttachment(attachment());
  }

  function attachment(): Attachment {
    return {
      pid: process.pid,
      startedAt,
      projectFolder: PROJECT_FOLDER,
      projectId: declared.projectId,
      region: declared.region,
      ports: ports.entryPoints().map(({ url }) => Number(new URL(url).port)),
      proxyUrl: gateway.url,
      caFile,
      folder,
      metadataHosts: metadata.hosts(),
    };
  }

  async function stop(): Promise<void> {
    apis.stop();
    clock.stop();
    ports.stop();
    await Promise.all([folders?.close(), services.stop(), metadata.stop(), gateway.stop()]);
    await removeRunFolder(folder);
  }

  try {
    await apply(first);
    await openSite(options.repositories ?? new Map<string, string>());
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    clock,
    feed,
    github,
    policy: () => policy,
    putObject: apis.port("putObject"),
    declared: () => declared,
    entryPoints: () => ports.entryPoints(),
    gitHubSite: () => site,
    attachment,
    apply,
    stop,
  };
}
