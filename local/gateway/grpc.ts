/** gRPC: a grpc-js server without a port, which is handed the connections of one host. */
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type MethodDefinition,
  type StatusObject,
} from "@grpc/grpc-js";
import type { TLSSocket } from "node:tls";
import type protobuf from "protobufjs";
import type { ApiError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { CallMethod } from "./call.ts";
import type { ApiMethod } from "./descriptors.ts";
import { apiErrorOf, statusDetails } from "./status.ts";

/** Google's front ends take requests of 10 MB. */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

/** A function that takes over connections and answers the unary methods on them; grpc-js names any other method itself. */
export function grpcOf(
  { service, methods }: { readonly service: string; readonly methods: readonly ApiMethod[] },
  call: CallMethod,
  log: Log,
): (socket: TLSSocket) => void {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.enable_channelz": 0,
  });
  for (const method of methods.filter(({ isStreaming }) => !isStreaming)) {
    const { name } = method;
    server.addService(
      { [name]: definitionOf(`/${service}/${name}`, method) },
      { [name]: answering(method, call, log) },
    );
  }
  // TLS has ended by the time a connection comes here.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return (socket) => injector.injectConnection(socket);
}

type Unary = MethodDefinition<protobuf.Message, protobuf.Message>;

function definitionOf(path: string, { request, response }: ApiMethod): Unary {
  return {
    path,
    requestStream: false,
    responseStream: false,
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
