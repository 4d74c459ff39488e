/** A simulator behind its host name: gRPC and REST from Google's own descriptors, the same operations below both. */
import type { TLSSocket } from "node:tls";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProtoSimulator } from "../google/api.ts";
import { callsOf, type Serving } from "./call.ts";
import { methodsOf, methodsOfMixin } from "./descriptors.ts";
import { grpcOf } from "./grpc.ts";
import type { HostHandler } from "./host-handler.ts";
import { restOf } from "./rest.ts";

interface Transports {
  readonly rest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly grpc: (socket: TLSSocket) => void;
}

/** The handler of the simulator's host. Descriptors are read when the first connection comes, not at start. */
export function serveApi<State>(simulator: ProtoSimulator<State>, serving: Serving): HostHandler {
  let made: Transports | undefined;
  const transports = (): Transports => (made ??= make(simulator, serving));
  return {
    http: (request, response) => transports().rest(request, response),
    grpc: (socket) => transports().grpc(socket),
  };
}

function make<State>(simulator: ProtoSimulator<State>, serving: Serving): Transports {
  const { host, service, descriptors, mixins = [] } = simulator;
  const { log } = serving.cloud;
  const methods = [...methodsOf(descriptors, service), ...mixins.flatMap(methodsOfMixin)];
  const calls = callsOf(simulator, serving);
  return {
    rest: restOf({ host, methods }, calls.call, log),
    grpc: grpcOf(methods, calls, log),
  };
}
