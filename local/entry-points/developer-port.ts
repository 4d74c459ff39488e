/**
 * A loopback port for one entry point, where requests are made as the developer: what `gcloud run services proxy`
 * does for a service in the cloud. The request then meets the same invoker check as anyone's.
 */
import { once } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { header, withHeader, type Send } from "../http/message.ts";
import { createHttpServer, refuse, reporter } from "../http/server.ts";
import type { Log } from "../log.ts";
import { listener } from "../http/node.ts";
import { urlOf } from "../http/request-target.ts";

export interface DeveloperPort {
  /** `http://127.0.0.1:8081` */
  readonly url: string;
  stop(): void;
}

export interface DeveloperPortOptions {
  /** The entry point's real URL. */
  readonly target: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly send: Send;
  /** An ID token of the developer for an audience. */
  readonly idToken: (audience: string) => Promise<string>;
  readonly log: Log;
}

/** Either may carry a caller's token; see front-end.ts. */
const TOKEN_HEADERS = ["Authorization", "X-Serverless-Authorization"];

const FROM_A_PAGE =
  "Requests to this port are made as the developer, so none are taken from other sites.";

/** Rejects with EADDRINUSE where the port is taken. */
export async function openDeveloperPort(options: DeveloperPortOptions): Promise<DeveloperPort> {
  const { target, send, idToken, log } = options;
  const asDeveloper: Send = async (request) => {
    const headers = withHeader(request.headers, "Host", new URL(target).host);
    // A token that the person sends is the one that counts, so that refusals can be tried too.
    const isSigned = TOKEN_HEADERS.some((name) => header(headers, name) !== undefined);
    if (isSigned) return send({ ...request, headers });
    const authorization = `Bearer ${await idToken(target)}`;
    return send({ ...request, headers: withHeader(headers, "Authorization", authorization) });
  };
  const spoken = { name: `the developer port of ${target}`, source: "gateway", log };
  const report = reporter(spoken);
  const pass = listener((incoming) => urlOf(incoming, target), asDeveloper, log);
  const serve: RequestListener = (incoming, outgoing) => {
    if (comesFromAPage(incoming)) refuse(outgoing, 403, FROM_A_PAGE, report);
    else pass(incoming, outgoing);
  };
  const server = createHttpServer({ ...spoken, serve });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * The port lends the developer's identity to whoever reaches it, and any page in the person's browser can reach
 * loopback: by a cross-site request, or under a name of its own that resolves to 127.0.0.1.
 */
function comesFromAPage({ headers }: IncomingMessage): boolean {
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  const isLoopback = host === "127.0.0.1" || host === "localhost";
  const site = headers["sec-fetch-site"];
  return !isLoopback || site === "cross-site" || site === "same-site";
}
