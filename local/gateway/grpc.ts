/** gRPC: a grpc-js server without a port, which is handed the connections of one host. */
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type MethodDefinition,
  type StatusObject,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import type { Duplex } from "node:stream";
import type protobuf from "protobufjs";
import type { ApiError } from "../errors.ts";
import { IDLE_MS } from "../http/server.ts";
import type { Log } from "../log.ts";
import type { Calls, CallMethod } from "./call.ts";
import type { ApiMethod } from "./descriptors.ts";
import { streaming } from "./grpc-stream.ts";
import { apiErrorOf, statusDetails } from "./status.ts";

/** Google's front ends take requests of 10 MB. */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

/** A function that takes over connections and answers the methods on them; grpc-js names any other method itself. */
export function grpcOf(
  methods: readonly ApiMethod[],
  { call, open }: Calls,
  log: Log,
  idleMs = IDLE_MS,
): (socket: Duplex) => void {
  const server = new Server({
    "grpc.max_connection_idle_ms": idleMs,
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.enable_channelz": 0,
  });
  for (const method of methods) {
    // Streams of requests with a single answer are used by none of these APIs.
    if (method.requestStream && !method.responseStream) continue;
    const handler: UntypedHandleCall = method.responseStream
      ? streaming(method, open, (error) => statusOf(apiErrorOf(error, method.fullName, log)))
      : answering(method, call, log);
    server.addService({ [method.name]: definitionOf(method) }, { [method.name]: handler });
  }
  // TLS has ended by the time a connection comes here.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return (socket) => injector.injectConnection(socket);
}

/** How a method travels; for a client as for a server. */
export function definitionOf({
  path,
  request,
  response,
  requestStream,
  responseStream,
}: ApiMethod): MethodDefinition<protobuf.Message, protobuf.Message> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: serializer(request),
    requestDeserialize: (bytes) => request.decode(bytes),
    responseSerialize: serializer(response),
    responseDeserialize: (bytes) => response.decode(bytes),
  };
}

function serializer(type: protobuf.Type): (message: protobuf.Message) => Buffer {
  return (message) => Buffer.from(type.encode(message).finish());
}

function answering(
  method: ApiMethod,
  call: CallMethod,
  log: Log,
): handleUnaryCall<protobuf.Message, protobuf.Message> {
  return ({ metadata, request }, callback) => {
    const authorization = metadata.get("authorization")[0]?.toString();
    call(method, request, authorization).then(
      (response) => callback(null, response),
      (error: unknown) => callback(statusOf(apiErrorOf(error, method.fullName, log))),
    );
  };
}

function statusOf(error: ApiError): Partial<StatusObject> {
  const metadata = new Metadata();
  const details = statusDetails(error);
  if (details !== undefined) metadata.set("grpc-status-details-bin", details);
  return { code: status[error.code], details: error.message, metadata };
}
