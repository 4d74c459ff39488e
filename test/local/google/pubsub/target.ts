/** A gateway with Pub/Sub behind it, ours or Google's emulator, and Google's client in front of it. */
import { PubSub, v1 } from "@google-cloud/pubsub";
import { credentials, Metadata } from "@grpc/grpc-js";
import { RealClock } from "../../../../local/clock.ts";
import { createAuthority } from "../../../../local/gateway/authority.ts";
import type { Serving } from "../../../../local/gateway/call.ts";
import type { HostHandler } from "../../../../local/gateway/host-handler.ts";
import { startGateway } from "../../../../local/gateway/proxy.ts";
import { createAuthorize } from "../../../../local/iam/authorize.ts";
import { createPolicy, evaluate } from "../../../../local/iam/evaluate.ts";
import { Feed } from "../../../../local/iam/feed.ts";
import type { Binding, Principal } from "../../../../local/iam/types.ts";
import { createIssuer } from "../../../../local/identity/issuer.ts";
import { forward } from "../../../../local/http/node.ts";
import type { Cloud } from "../../../../local/google/api.ts";
import { ask, tlsThrough, type Answer, type Asked } from "../../gateway/through.ts";
import { GRANTABLE } from "../../../../local/google/grantable.ts";

export const PROJECT_ID = "switchyard-dev";
export const PROJECT = `projects/${PROJECT_ID}`;
const NUMBER = "223080314602";
const HOST = "pubsub.googleapis.com";
const EDITOR: Principal = `serviceAccount:editor@${PROJECT_ID}.iam.gserviceaccount.com`;
const PUBLISHER: Principal = `serviceAccount:publisher@${PROJECT_ID}.iam.gserviceaccount.com`;

const BINDINGS: readonly Binding[] = [
  { member: EDITOR, role: "roles/pubsub.editor", resource: PROJECT, kind: "role" },
  { member: PUBLISHER, role: "roles/pubsub.publisher", resource: PROJECT, kind: "role" },
  ...["roles/pubsub.publisher", "roles/pubsub.subscriber"].map((role): Binding => ({
    member: `serviceAccount:service-${NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com`,
    role,
    resource: PROJECT,
    kind: "google",
  })),
];

export interface Clients {
  readonly pubsub: PubSub;
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
}

export interface Target {
  /** May do everything but change policies. */
  readonly editor: Clients;
  /** May publish, and nothing else. */
  readonly publisherOnly: Clients;
  /** One REST request as the editor. */
  readonly rest: (asked: Asked) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** What stands behind the gateway. */
export interface Backend {
  readonly serve: (serving: Serving) => HostHandler;
  readonly stop: () => void | Promise<void>;
}

export async function startTarget(backendOf: (cloud: Cloud) => Promise<Backend>): Promise<Target> {
  const clock = new RealClock();
  const log = (): void => undefined;
  const issuer = createIssuer();
  const policy = createPolicy(BINDINGS, GRANTABLE);
  const cloud: Cloud = {
    projectId: PROJECT_ID,
    projectNumber: NUMBER,
    clock,
    log,
    authorize: createAuthorize({
      policy: () => policy,
      mode: "enforce",
      feed: new Feed(),
      clock,
      log,
    }),
    isAllowed: (request) => evaluate(policy, request, clock.now()).allowed,
    bindingsOn: (resource) => BINDINGS.filter((binding) => binding.resource === resource),
    send: (request) => forward(request, new URL(request.url.origin)),
    boundaryProblems: () => [],
    identity: issuer,
    services: () => [],
    hasServiceAccount: () => true,
  };
  const backend = await backendOf(cloud);
  const handler = backend.serve({ cloud, callerOf: issuer.callerOf });
  const authority = await createAuthority();
  const route = (host: string) => (host === HOST ? handler : undefined);
  const gateway = await startGateway({ authority, route, log });
  const tokenOf = (principal: Principal): string => issuer.accessToken({ principal }).token;

  // grpc-js reads it when a channel is made, which is at a client's first call.
  process.env.https_proxy = gateway.url;
  // The clients look for an account of this machine, though they are given a token.
  process.env.METADATA_SERVER_DETECTION = "none";
  const editor = clientsOf(tokenOf(EDITOR), authority.caPem);
  const publisherOnly = clientsOf(tokenOf(PUBLISHER), authority.caPem);
  return {
    editor,
    publisherOnly,
    rest: async ({ headers, ...asked }) => {
      const socket = await tlsThrough(gateway.url, HOST, { caPem: authority.caPem });
      const authorization = `Bearer ${tokenOf(EDITOR)}`;
      return ask(socket, { ...asked, headers: { ...headers, authorization, host: HOST } });
    },
    stop: async () => {
      for (const { pubsub, publisher, subscriber } of [editor, publisherOnly]) {
        await Promise.all([pubsub.close(), publisher.close(), subscriber.close()]);
      }
      delete process.env.https_proxy;
      delete process.env.METADATA_SERVER_DETECTION;
      await backend.stop();
      await gateway.stop();
      clock.stop();
    },
  };
}

/** With the authority and a token given, since this process has no environment of a role. */
function clientsOf(token: string, caPem: string): Clients {
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const sslCreds = credentials.combineChannelCredentials(
    credentials.createSsl(Buffer.from(caPem)),
    credentials.createFromMetadataGenerator((_options, callback) => callback(null, metadata)),
  );
  const options = { projectId: PROJECT_ID, sslCreds };
  return {
    pubsub: new PubSub(options),
    publisher: new v1.PublisherClient(options),
    subscriber: new v1.SubscriberClient(options),
  };
}
