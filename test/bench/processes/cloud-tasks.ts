/**
 * A Cloud Tasks that only says yes, in a process of its own: CONNECT, TLS and gRPC at the real host name, as cheap as it
 * can be, and a metadata server for one account. Its message is answered with how to reach it.
 */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAuthority } from "../../../local/gateway/authority.ts";
import { methodsOf } from "../../../local/gateway/descriptors.ts";
import { startGateway } from "../../../local/gateway/proxy.ts";
import { createIssuer } from "../../../local/identity/issuer.ts";
import { startMetadataServer } from "../../../local/identity/metadata.ts";
import type { Log } from "../../../local/log.ts";
import { answering } from "./answering.ts";

export interface StandInQuestion {
  /** Service account that the metadata server speaks for. */
  readonly email: string;
  readonly projectId: string;
  readonly projectNumber: string;
  readonly region: string;
  /** For the authority's certificate. */
  readonly folder: string;
}

/** As `roleEnvironment` takes it. */
export interface StandInAnswer {
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly metadataHost: string;
  readonly gcloudConfigFolder: string;
}

const HOST = "cloudtasks.googleapis.com";
const SERVICE = "google.cloud.tasks.v2.CloudTasks";
const DESCRIPTORS = "@google-cloud/tasks/build/protos";

const log: Log = ({ message }) => console.error(message);

answering(async (question: StandInQuestion): Promise<StandInAnswer> => {
  const [authority, metadata] = await Promise.all([
    createAuthority(),
    startMetadataServer({ ...question, issuer: createIssuer(), log }),
  ]);
  const caFile = join(question.folder, "ca.pem");
  await writeFile(caFile, authority.caPem);
  const grpc = createTaskOnly(question);
  const gateway = await startGateway({
    authority,
    log,
    route: (host) =>
      host === HOST ? { http: (_, response) => response.writeHead(404).end(), grpc } : undefined,
  });
  const gcloudConfigFolder = join(question.folder, "gcloud");
  return { proxyUrl: gateway.url, caFile, metadataHost: metadata.host, gcloudConfigFolder };
});

/** CreateTask with one answer, made beforehand, whatever is asked: no request is even decoded. */
function createTaskOnly({ projectId, region }: StandInQuestion) {
  const method = methodsOf(DESCRIPTORS, SERVICE).find(({ name }) => name === "CreateTask");
  if (method === undefined) throw new Error(`The descriptors lack CreateTask of ${SERVICE}.`);
  const now = { seconds: Math.floor(Date.now() / 1000), nanos: 0 };
  const queue = `projects/${projectId}/locations/${region}/queues/queue-brain`;
  const task = method.response.fromObject({
    name: `${queue}/tasks/${"0123456789abcdef".repeat(4)}`,
    httpRequest: {
      url: "https://brain-223080314602.us-central1.run.app/process",
      httpMethod: "POST",
      headers: { "User-Agent": "Google-Cloud-Tasks", "Content-Type": "application/json" },
      oidcToken: { serviceAccountEmail: "tasks-dispatcher@switchyard-dev.iam.gserviceaccount.com" },
    },
    createTime: now,
    scheduleTime: now,
    dispatchDeadline: { seconds: 700 },
    view: "BASIC",
  });
  const answer = Buffer.from(method.response.encode(task).finish());
  const server = new Server({ "grpc.enable_channelz": 0 });
  server.addService(
    {
      CreateTask: {
        path: `/${SERVICE}/CreateTask`,
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    {
      CreateTask: (_: unknown, callback: (error: null, bytes: Buffer) => void) =>
        callback(null, answer),
    },
  );
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return (socket: Parameters<typeof injector.injectConnection>[0]) =>
    injector.injectConnection(socket);
}
