/** The local cloud: a list of steps. What each does is in the file it comes from. */
import type { RequestOptions } from "node:http";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startApis } from "./apis.ts";
import { AttachedSystems } from "./attached.ts";
import { RealClock, type Clock } from "./clock.ts";
import { sendOutside, type OutsideHosts } from "./outside-hosts.ts";
import { EntryPorts } from "./entry-points/entry-ports.ts";
import { containerEnvironment, containerFolders } from "./host/environment.ts";
import { mountAll } from "./host/mounts/mounts.ts";
import { secretEnvironment } from "./host/secret-environment.ts";
import { createAuthority } from "./gateway/authority.ts";
import { roleEnvironment } from "./gateway/environment.ts";
import type { HostHandler } from "./gateway/host-handler.ts";
import { startGateway } from "./gateway/proxy.ts";
import { runsServices } from "./google/runs.ts";
import { GRANTABLE, withRoles } from "./google/grantable.ts";
import type { RunsService } from "./google/service.ts";
import type { Send } from "./http/message.ts";
import { createAuthorize, type IamMode } from "./iam/authorize.ts";
import { boundaryProblems } from "./iam/boundary.ts";
import { createPolicy, evaluate, type Policy } from "./iam/evaluate.ts";
import type { Grantable } from "./iam/suggest.ts";
import type { AccessRequest } from "./iam/types.ts";
import { Feed } from "./iam/feed.ts";
import { createIssuer } from "./identity/issuer.ts";
import { MetadataServers } from "./identity/metadata-servers.ts";
import type { Log } from "./log.ts";
import { listener, urlThroughGateway } from "./http/node.ts";
import type { LocalCloud } from "./local-cloud.ts";
import { refuseOwnPorts } from "./command/ports.ts";
import type { Declared } from "./declared/declared.ts";
import {
  createRunFolder,
  PROJECT_FOLDER,
  removeRunFolder,
  writeAttachment,
  type Attachment,
} from "./run-folder.ts";
import { Services } from "./services.ts";
import { attaching } from "./systems/settings.ts";
import type { Attaches } from "./systems/system.ts";
import type { Cloud } from "./google/api.ts";
import { GOOGLE_KEY_HOSTS, serveGoogleKeys } from "./identity/google-keys.ts";

export interface LocalCloudOptions extends OutsideHosts {
  /** Where a host that `allow` names is reached. Default: at its name. */
  readonly reach?: (host: string) => RequestOptions;
  readonly log: Log;
  /** Default `enforce`. */
  readonly iam?: IamMode;
  /** Default: wall time. */
  readonly clock?: Clock;
  /** The first developer port; the others follow it. Default 0: any free ones. */
  readonly port?: number;
  /** System → what stands in for its outside world. Default, for each that is left out: as it is with nothing said. */
  readonly attaching?: Readonly<Record<string, Attaches>>;
  /** Whether what changes on disk is noticed. Default true. */
  readonly isWatching?: boolean;
  /** Services outside Google that a test answers for: host name → answer. */
  readonly standIns?: ReadonlyMap<string, Send>;
  /** How long a task's name stays taken after its task is gone. Default: an hour. */
  readonly dedupWindowSeconds?: number;
  /** Milliseconds of wall time after which an idle role is stopped. Default as in the cloud. */
  readonly idleStopMs?: number;
  /** Google's services that run, and what is granted on them. Default: all there are. */
  readonly google?: { readonly runs: readonly RunsService[]; readonly grantable: Grantable };
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
    isWatching = true,
    dedupWindowSeconds,
    google = { runs: runsServices({ dedupWindowSeconds }), grantable: GRANTABLE },
  } = options;
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

  const isAllowed = (request: AccessRequest): boolean =>
    iam === "off" || evaluate(policy, request, clock.now()).allowed;

  const metadata = new MetadataServers(issuer, log);
  const services = new Services({
    log,
    issuer,
    authorize,
    isAllowed,
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
      ...attached.env(spec),
    }),
    mount: mountAll({
      send: (request) => apis.send(request),
      token: (email) => issuer.accessToken({ principal: `serviceAccount:${email}` }).token,
      folder: containerFolders(folder).mounts,
      log,
    }),
    programs: (next) => attached.programs(next),
    ...(options.idleStopMs !== undefined && { idleStopMs: options.idleStopMs }),
  });

  const cloud: Cloud = {
    projectId: declared.projectId,
    projectNumber: declared.projectNumber,
    clock,
    log,
    authorize,
    isAllowed,
    bindingsOn: (resource) => policy.bindings.filter((each) => each.resource === resource),
    send: (request) => (standIns.get(request.url.host) ?? services.stream)(request),
    boundaryProblems: (boundary) => boundaryProblems(boundary, policy.grantable.roles),
    identity: issuer,
    hasServiceAccount: (email) => declared.serviceAccounts.some((each) => each.email === email),
    services: () => declared.services,
  };
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
  const hosts = sendOutside(options, {
    log,
    reach: options.reach,
    isOwnToken: async (token) =>
      issuer.callerOf(token) !== undefined || (await issuer.verifyIdToken(token)) !== undefined,
  });
  const outsideOf = (host: string): Send | undefined =>
    hosts.get(host) ?? standIns.get(host) ?? attached.host(host);
  const askOutside: Send = (request) => {
    const send = outsideOf(request.url.host);
    if (send === undefined) throw new Error(`${request.url.host} is gone`);
    return send(request);
  };
  const outside: HostHandler = { http: listener(urlThroughGateway, askOutside, log) };
  const gateway = await startGateway({
    authority,
    log,
    route: (host) => {
      if (services.has(host)) return functions;
      return keys.get(host) ?? apis.route(host) ?? (outsideOf(host) && outside);
    },
  });
  const ports = new EntryPorts({ first: options.port ?? 0, send: services.stream, issuer, log });
  const attached: AttachedSystems = new AttachedSystems({
    attaching: { ...attaching(), ...options.attaching },
    surroundings: {
      log,
      clock,
      send: services.stream,
      temporary: folder,
      isWatching,
      openPort: (target, send, token) => ports.openAlso(target, send, token),
    },
  });

  async function apply(next: Declared): Promise<void> {
    if (next.projectId !== declared.projectId || next.projectNumber !== declared.projectNumber) {
      throw new Error("The project is another one now; start the local cloud again.");
    }
    const nextPolicy = policyOf(next);
    // First what may be refused: then nothing has changed yet.
    await attached.apply(next);
    const programs = [...attached.programs(next).values(), ...(options.outside ?? [])];
    refuseOwnPorts(programs, options.port ?? 0, next.entryPoints);
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
    await Promise.all([attached.stop(), services.stop(), metadata.stop(), gateway.stop()]);
    await removeRunFolder(folder);
  }

  try {
    await apply(first);
    await attached.open();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    clock,
    feed,
    policy: () => policy,
    putObject: apis.port("putObject"),
    declared: () => declared,
    entryPoints: () => ports.entryPoints(),
    ready: () => attached.ready(ports.entryPoints()),
    begin: () => attached.begin(ports.entryPoints()),
    people: (system) => attached.people(system),
    idle: () => attached.idle(),
    attachment,
    apply,
    kill: (service) => services.kill(service),
    stop,
  };
}
