/** A local cloud with one API and one private service, just large enough to try unmodified clients on the gateway. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "../../../local/clock.ts";
import { ApiError } from "../../../local/errors.ts";
import { createAuthority } from "../../../local/gateway/authority.ts";
import { serveApi } from "../../../local/gateway/codec.ts";
import { clientEnvironment } from "../../../local/gateway/environment.ts";
import type { HostHandler } from "../../../local/gateway/host-handler.ts";
import { startGateway } from "../../../local/gateway/proxy.ts";
import type { AccessRequest } from "../../../local/iam/types.ts";
import { GOOGLE_KEY_HOSTS, serveGoogleKeys } from "../../../local/identity/google-keys.ts";
import { createIssuer, type Issuer } from "../../../local/identity/issuer.ts";
import { startMetadataServer } from "../../../local/identity/metadata.ts";
import type { LogEntry } from "../../../local/log.ts";
import type { Cloud, Method, ProtoSimulator } from "../../../local/google/api.ts";

export const PROJECT = "demo";
export const NUMBER = "123456789012";
export const REGION = "us-central1";
export const EMAIL = `enqueuer-api@${PROJECT}.iam.gserviceaccount.com`;
export const LOCATION = `projects/${PROJECT}/locations/${REGION}`;
export const SERVICE_HOST = `echo-${NUMBER}.${REGION}.run.app`;

/** Requests as the operations saw them. */
export interface Seen {
  readonly method: string;
  readonly request: unknown;
  readonly principal: string;
}

export interface SmallCloud {
  readonly gatewayUrl: string;
  readonly caPem: string;
  readonly issuer: Issuer;
  readonly environment: Record<string, string>;
  readonly logs: LogEntry[];
  readonly seen: Seen[];
  readonly asked: AccessRequest[];
  /** Further hosts, added by a test. */
  readonly hosts: Map<string, HostHandler>;
  readonly stop: () => Promise<void>;
}

interface Named {
  readonly name?: string;
  readonly parent?: string;
  readonly queue?: { readonly name?: string };
  readonly task?: object;
}

export async function startSmallCloud(): Promise<SmallCloud> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-gateway-"));
  const logs: LogEntry[] = [];
  const seen: Seen[] = [];
  const asked: AccessRequest[] = [];
  const issuer = createIssuer();
  const log = (entry: LogEntry): void => void logs.push(entry);
  const cloud: Cloud = {
    projectId: PROJECT,
    projectNumber: NUMBER,
    clock: new ManualClock(),
    log,
    authorize: (request) => {
      asked.push(request);
      if (request.resource.endsWith("/forbidden")) {
        throw new ApiError("PERMISSION_DENIED", `no ${request.permission}`, [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: "IAM_PERMISSION_DENIED",
            domain: "iam.googleapis.com",
            metadata: { permission: request.permission },
          },
        ]);
      }
    },
    isAllowed: () => true,
    boundaryProblems: () => [],
    bindingsOn: () => [],
    send: () => Promise.reject(new Error("nothing is sent here")),
    identity: issuer,
    services: () => [],
    hasServiceAccount: (email) => email === EMAIL,
  };
  const tasks = serveApi(tasksApi(seen), { cloud, callerOf: issuer.callerOf });
  const keys = { http: serveGoogleKeys({ issuer, hasServiceAccount: cloud.hasServiceAccount }) };
  const hosts = new Map<string, HostHandler>([
    ["cloudtasks.googleapis.com", tasks],
    [SERVICE_HOST, { http: echo }],
    ...GOOGLE_KEY_HOSTS.map((host): [string, HostHandler] => [host, keys]),
  ]);

  const authority = await createAuthority();
  const gateway = await startGateway({ authority, route: (host) => hosts.get(host), log });
  const metadata = await startMetadataServer({
    email: EMAIL,
    projectId: PROJECT,
    projectNumber: NUMBER,
    region: REGION,
    issuer,
    log,
  });
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, authority.caPem);
  return {
    gatewayUrl: gateway.url,
    caPem: authority.caPem,
    issuer,
    environment: clientEnvironment({
      proxyUrl: gateway.url,
      caFile,
      metadataHost: metadata.host,
      projectId: PROJECT,
      region: REGION,
      gcloudConfigFolder: join(folder, "gcloud"),
    }),
    logs,
    seen,
    asked,
    hosts,
    stop: async () => {
      await Promise.all([gateway.stop(), metadata.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}

/** Answers with what it was asked. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, authorization: headers.authorization }));
}

function tasksApi(seen: Seen[]): ProtoSimulator<null> {
  const noting = (method: string, answer: (request: Named) => unknown): Method<null, Named> => ({
    needs: (request) => {
      const resource = request.name ?? request.parent ?? request.queue?.name ?? "";
      return [{ permission: `cloudtasks.${method}`, resource }];
    },
    operation: (request, { caller: { principal } }) => {
      seen.push({ method, request, principal });
      return answer(request);
    },
  });
  return {
    host: "cloudtasks.googleapis.com",
    descriptors: "@google-cloud/tasks/build/protos",
    service: "google.cloud.tasks.v2.CloudTasks",
    state: null,
    methods: {
      GetQueue: noting("GetQueue", ({ name }) => {
        if (name?.endsWith("/broken")) throw new TypeError("a bug");
        if (name?.endsWith("/missing")) {
          throw new ApiError("NOT_FOUND", "Requested entity was not found.");
        }
        return {
          name,
          state: "RUNNING",
          rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100 },
          retryConfig: { maxAttempts: 100, minBackoff: { nanos: 100_000_000 } },
        };
      }),
      ListQueues: noting("ListQueues", () => ({ queues: [{ name: `${LOCATION}/queues/q` }] })),
      UpdateQueue: noting("UpdateQueue", ({ queue }) => queue),
      CreateTask: noting("CreateTask", ({ parent, task }) => ({
        ...task,
        name: `${parent ?? ""}/tasks/t`,
        createTime: { seconds: 1_767_225_600 },
        dispatchCount: 0,
      })),
      DeleteTask: noting("DeleteTask", () => ({})),
    },
  };
}
