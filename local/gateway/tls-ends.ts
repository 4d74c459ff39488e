/** Where TLS ends: one server per asked host, none of them listening; the gateway hands them its sockets. */
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import {
  createServer as createTlsServer,
  type Server as TlsServer,
  type TLSSocket,
} from "node:tls";
import type { Log } from "../log.ts";
import type { Authority } from "./authority.ts";
import type { Route } from "./host-handler.ts";

/** Headers of a Cloud Tasks task alone may take 80 KB. */
const MAX_HEADER_BYTES = 128 * 1024;

/** Clients on the same machine take milliseconds; one that says nothing is gone. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface TlsEnds {
  /** Speaks TLS as `host` on the socket and hands the connection to the host's handler. */
  readonly accept: (host: string, socket: Socket) => void;
}

interface Options {
  readonly authority: Authority;
  readonly route: Route;
  readonly log: Log;
}

export function createTlsEnds(options: Options): TlsEnds {
  const { authority, route, log } = options;
  const hosts = new WeakMap<Socket, string>();
  const http = createHttp1(route, hosts);
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
    if (grpc === undefined) socket.destroy();
    else grpc(socket);
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

function createHttp1(route: Route, hosts: WeakMap<Socket, string>): HttpServer {
  // The handler is looked up for each request: a connection may outlive the role that it was opened for.
  const server = createHttpServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    const host = hosts.get(request.socket) ?? "";
    const handler = route(host);
    if (handler === undefined) {
      response.writeHead(502, { "content-type": "text/plain", connection: "close" });
      response.end(`${host} is no longer part of the local cloud.\n`);
      return;
    }
    handler.http(request, response);
  });
  // Roles answer for up to an hour, and an idle connection about to be used again must not be closed under its client.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  return server;
}
