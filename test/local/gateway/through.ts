/** A client of the gateway that sees what a library hides: the answer to CONNECT, the chosen protocol, the certificate. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { text } from "node:stream/consumers";

export interface Connected {
  readonly answer: IncomingMessage;
  readonly socket: Socket;
  /** What came after a refusal. */
  readonly body: string;
}

/** Asks the gateway for a tunnel to `host:port`. */
export async function connectThrough(gatewayUrl: string, target: string): Promise<Connected> {
  const request = httpRequest(gatewayUrl, { method: "CONNECT", path: target, agent: false });
  request.end();
  const [answer, socket, head] = (await once(request, "connect")) as [
    IncomingMessage,
    Socket,
    Buffer,
  ];
  if (answer.statusCode === 200) return { answer, socket, body: "" };
  return { answer, socket, body: head.toString() + (await text(socket)) };
}

/** What each connection is with, which its requests name. */
const hosts = new WeakMap<TLSSocket, string>();

interface Tls {
  readonly caPem: string;
  readonly alpn?: readonly string[];
}

/** A TLS connection with a host of the local cloud, trusting nothing but its authority. */
export async function tlsThrough(
  gatewayUrl: string,
  host: string,
  { caPem, alpn }: Tls,
): Promise<TLSSocket> {
  const { socket } = await connectThrough(gatewayUrl, `${host}:443`);
  const tls = tlsConnect({
    socket,
    servername: host,
    ca: caPem,
    ...(alpn && { ALPNProtocols: [...alpn] }),
  });
  await once(tls, "secureConnect");
  hosts.set(tls, host);
  return tls;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** One JSON request over a connection. */
export async function ask(
  socket: TLSSocket,
  { method, path, headers, body }: Asked,
): Promise<Answer> {
  const request = httpRequest({
    createConnection: () => socket,
    method: method ?? "GET",
    path,
    headers: { host: hosts.get(socket) ?? "", ...headers },
  });
  request.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const received = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: received.startsWith("{") ? (JSON.parse(received) as unknown) : received,
  };
}
