/** Where TLS ends: one server per asked host, none of them listening; the gateway hands them its sockets. */
import type { RequestListener, Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import {
  createServer as createTlsServer,
  type Server as TlsServer,
  type TLSSocket,
} from "node:tls";
import type { Log } from "../log.ts";
import { createHttpServer, refuse, reporter, type HttpLimits } from "../http/server.ts";
import type { Authority } from "./authority.ts";
import { bare, type Route } from "./host-handler.ts";

/** Clients on the same machine take milliseconds; one that says nothing is gone. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface TlsEnds {
  /** Speaks TLS as `host` on the socket and hands the connection to the host's handler. */
  readonly accept: (host: string, socket: Socket) => void;
  /** Looks after no connection any more. */
  readonly stop: () => void;
}

interface Options {
  readonly authority: Authority;
  readonly route: Route;
  readonly log: Log;
  readonly limits?: HttpLimits | undefined;
}

export function createTlsEnds(options: Options): TlsEnds {
  const { authority, route, log } = options;
  const hosts = new WeakMap<Socket, string>();
  const http = createHttp1(options, hosts);
  const servers = new Map<string, Promise<TlsServer>>();

  async function serverOf(host: string): Promise<TlsServer> {
    const credentials = await authority.credentials(host);
    const server = createTlsServer({
      ...credentials,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      minVersion: "TLSv1.2",
      ALPNCallback: ({ protocols }) => chooseProtocol(protocols, route(host)?.grpc !== undefined),
    });
    server.on("secureConnection", (socket) => {
      socket.on("error", () => socket.destroy());
      hosts.set(socket, host);
      handOver(socket, host);
    });
    server.on("tlsClientError", (error, socket) => {
      socket.destroy();
      // A client that hangs up during the handshake has nothing to tell anyone.
      if ((error as NodeJS.ErrnoException).code === "ECONNRESET") return;
      const message = `A client broke off TLS with ${host}: ${error.message}`;
      log({ source: "gateway", severity: "WARNING", message });
    });
    return server;
  }

  function handOver(socket: TLSSocket, host: string): void {
    if (socket.alpnProtocol !== "h2") {
      http.emit("connection", socket);
      return;
    }
    const grpc = route(host)?.grpc;
    if (grpc !== undefined) {
      grpc(socket);
      return;
    }
    socket.destroy();
    const message = `Cut off a client of ${host}, which no longer speaks gRPC`;
    log({ source: "gateway", severity: "WARNING", message });
  }

  return {
    accept: (host, socket) => {
      // The proxy's sockets may be closed by halves; over TLS the end of one half is the end, during the handshake too.
      socket.allowHalfOpen = false;
      const pending = servers.get(host) ?? serverOf(host);
      servers.set(host, pending);
      pending.then(
        (server) => server.emit("connection", socket),
        (error: unknown) => {
          servers.delete(host);
          socket.destroy();
          const message = `No certificate for ${host}: ${String(error)}`;
          log({ source: "gateway", severity: "ERROR", message });
        },
      );
    },
    stop: () => void http.close(),
  };
}

/**
 * ALPN tells gRPC from REST on one host: only gRPC clients offer nothing but h2. Whoever offers http/1.1 gets it,
 * since a REST client that is given h2 would land in the gRPC server.
 */
function chooseProtocol(offered: readonly string[], speaksGrpc: boolean): string | undefined {
  if (offered.includes("http/1.1")) return "http/1.1";
  return speaksGrpc && offered.includes("h2") ? "h2" : undefined;
}

function createHttp1({ route, log, limits }: Options, hosts: WeakMap<Socket, string>): HttpServer {
  const spoken = { name: "HTTPS", source: "gateway", log };
  const report = reporter(spoken);
  // The handler is looked up for each request: a connection may outlive the role that it was opened for.
  const serve: RequestListener = (request, response) => {
    const host = hosts.get(request.socket) ?? "";
    const handler = route(host);
    if (handler === undefined) {
      refuse(response, 502, `${host} is no longer part of the local cloud.`, report);
      return;
    }
    // RFC 9110, 15.5.20. Whoever looks at the Host header may trust it.
    const named = request.headers.host;
    if (named !== undefined && bare(named.replace(/:443$/, "")) !== host) {
      refuse(response, 421, `This connection is one with ${host}, not ${named}.`, report);
      return;
    }
    handler.http(request, response);
  };
  const server = createHttpServer({ ...spoken, serve, limits });
  // It never listens, yet it has to look after its connections as one that does: Node begins with that event.
  server.emit("listening");
  return server;
}
