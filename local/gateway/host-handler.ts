import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";

/** What answers for one host name, once TLS is terminated. */
export interface HostHandler {
  readonly http: (request: IncomingMessage, response: ServerResponse) => void;
  /** Takes over a connection of a client that speaks only HTTP/2. Without it such a client is refused in the handshake. */
  readonly grpc?: (socket: TLSSocket) => void;
}

/** The handler of a host name (lower case, no port); undefined where the local cloud has no such host. */
export type Route = (host: string) => HostHandler | undefined;

/** A host name as routes know it: lower case, without brackets or the root's dot. */
export function bare(host: string): string {
  return host.toLowerCase().replaceAll(/^\[|\]$|\.$/g, "");
}
