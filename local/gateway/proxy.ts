/**
 * The way into the local cloud: an HTTP proxy on loopback. CONNECT to a host name of the local cloud ends TLS here;
 * CONNECT to loopback is a plain tunnel; everything else is refused with its name, so that nothing leaves the machine by itself.
 */
import type { IncomingMessage, RequestListener } from "node:http";
import { connect, isIPv4, type AddressInfo, type Socket } from "node:net";
import type { LocalResponse } from "../http/message.ts";
import type { Log } from "../log.ts";
import { createHttpServer, type HttpLimits } from "../http/server.ts";
import { forward, listener } from "../http/node.ts";
import { proxiedUrlOf } from "../http/request-target.ts";
import type { Authority } from "./authority.ts";
import { bare, type Route } from "./host-handler.ts";
import { createTlsEnds, type TlsEnds } from "./tls-ends.ts";

export interface GatewayOptions {
  readonly authority: Authority;
  readonly route: Route;
  readonly log: Log;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Of connections that are no tunnels, and of those in TLS. Default: those of every listener. */
  readonly limits?: HttpLimits;
}

export interface Gateway {
  /** `http://127.0.0.1:49152`, as `https_proxy` wants it. */
  readonly url: string;
  /** Ends all connections at once. */
  readonly stop: () => Promise<void>;
}

/** Of all roles and programs at once. */
const MAX_CONNECTIONS = 5000;

/** Starts the gateway. Rejects when the port is taken. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const tlsEnds = createTlsEnds(options);
  const sockets = new Set<Socket>();
  const server = createHttpServer({
    name: "the proxy",
    source: "gateway",
    log: options.log,
    serve: plainHttp(options),
    limits: { connections: MAX_CONNECTIONS, ...options.limits },
  });
  server.on("connection", (socket) => keep(socket, sockets));
  server.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (head.length > 0) socket.unshift(head);
    answerConnect(request.url ?? "", socket, { ...options, tlsEnds, sockets });
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        tlsEnds.stop();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

interface Connecting extends GatewayOptions {
  readonly tlsEnds: TlsEnds;
  readonly sockets: Set<Socket>;
}

function answerConnect(target: string, socket: Socket, options: Connecting): void {
  const asked = parseTarget(target);
  if (asked !== undefined && isLoopback(asked.host)) {
    tunnel(asked, socket, options);
    return;
  }
  if (asked?.port !== 443 || options.route(asked.host) === undefined) {
    refuse(target, socket, options.log);
    return;
  }
  socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
  options.tlsEnds.accept(asked.host, socket);
}

function tunnel(target: Target, socket: Socket, { sockets, log }: Connecting): void {
  const upstream = connect(target.port, target.host);
  keep(upstream, sockets);
  upstream.once("error", (error) => {
    const message = `A tunnel to ${target.host}:${target.port} ended: ${error.message}`;
    log({ source: "gateway", severity: "WARNING", message });
    if (upstream.bytesRead + upstream.bytesWritten > 0) return;
    say(socket, "502 Bad Gateway", `Nobody listens at ${target.host}:${target.port}.\n`);
  });
  upstream.once("connect", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(upstream).pipe(socket);
  });
  upstream.once("close", () => socket.destroySoon());
  socket.once("close", () => upstream.destroy());
}

/** The name stands in the status line too: Python and Go show a refused CONNECT by that line alone. */
function refuse(target: string, socket: Socket, log: Log): void {
  const name = target.replaceAll(/[^\w.:[\]-]/g, "?");
  const body = `${name} is not part of the local cloud, and nothing leaves this machine but to hosts that --allow names.\n`;
  log({ source: "gateway", severity: "WARNING", message: `Refused a connection to ${name}` });
  say(socket, `403 ${name} is not part of the local cloud`, body);
}

function say(socket: Socket, status: string, body: string): void {
  const head = [
    `HTTP/1.1 ${status}`,
    "content-type: text/plain",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** Requests in absolute form go on to loopback; a client that asks this port itself is told what it is. */
function plainHttp({ log }: GatewayOptions): RequestListener {
  const passOn = listener(
    proxiedUrlOf,
    (request) => {
      const { url } = request;
      if (url.protocol === "http:" && url.port !== "0" && isLoopback(bare(url.hostname))) {
        return forward(request, new URL(url.origin)).catch(() =>
          refusal(502, `Nobody listens at ${url.host}.`),
        );
      }
      log({ source: "gateway", severity: "WARNING", message: `Refused plain HTTP to ${url.host}` });
      const message = `The local cloud answers for ${url.host} by HTTPS only, if at all.`;
      return Promise.resolve(refusal(403, message));
    },
    log,
  );
  return (request, response) => {
    if (URL.canParse(request.url ?? "")) {
      passOn(request, response);
      return;
    }
    response.writeHead(404, { "content-type": "text/plain", connection: "close" });
    response.end("This is the proxy of the local cloud, not one of its services.\n");
  };
}

function refusal(status: number, message: string): LocalResponse {
  const body = Buffer.from(`${message}\n`);
  return { status, headers: [["content-type", "text/plain"]], body };
}

interface Target {
  readonly host: string;
  readonly port: number;
}

/** `brain-123.us-central1.run.app:443`, `[::1]:8080`; undefined for what is no host and port. */
function parseTarget(target: string): Target | undefined {
  const [, host = "", digits = ""] = /^(.+):(\d{1,5})$/.exec(target) ?? [];
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host: bare(host), port } : undefined;
}

/** By the address, so that no name server is asked about something that only looks like one. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function keep(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  // An error ends in "close", which is all that the gateway needs to know.
  socket.on("error", () => socket.destroy());
  socket.once("close", () => sockets.delete(socket));
}
