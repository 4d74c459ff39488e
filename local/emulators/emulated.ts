/**
 * One of Google's emulators in the place of a simulator. It sits behind the same gateway, which says who is calling and
 * whether they may: the emulators themselves ask nobody. What a simulator checks inside its operations (who may act as a
 * push account, attach to a topic) is not checked here.
 */
import {
  Client,
  credentials,
  Metadata,
  status,
  type ClientDuplexStream,
  type ServiceError,
} from "@grpc/grpc-js";
import type protobuf from "protobufjs";
import { ApiError, CODES, type Code } from "../errors.ts";
import { methodsOf, type ApiMethod } from "../gateway/descriptors.ts";
import { definitionOf } from "../gateway/grpc.ts";
import type { Method, ProtoSimulator, Stream, StreamingMethod } from "../google/api.ts";

export interface Emulated {
  /** Host, methods, permissions and resources of the simulator; the operations are the emulator's. */
  readonly api: ProtoSimulator<null>;
  /** Ends all connections to the emulator. */
  readonly close: () => void;
}

/** As operations get and give messages; see `Method` of the simulators. */
const PLAIN = { longs: Number, enums: String, arrays: false, defaults: false, objects: false };

/**
 * The simulator's API, answered by the emulator at `address`.
 * @param address `127.0.0.1:8085`
 */
export function emulated<State>(simulator: ProtoSimulator<State>, address: string): Emulated {
  const { host, descriptors, service, methods, streams = {} } = simulator;
  const client = new Client(address, credentials.createInsecure());
  const known = new Map(methodsOf(descriptors, service).map((api) => [api.name, api]));
  const apiOf = (name: string): ApiMethod => {
    const api = known.get(name);
    if (api === undefined) throw new Error(`${host} has no method ${name}.`);
    return api;
  };
  // An emulator has no policies: what comes from elsewhere is left out, and answers UNIMPLEMENTED.
  const own = Object.fromEntries(Object.entries(methods).filter(([name]) => known.has(name)));
  return {
    api: {
      host,
      descriptors,
      service,
      state: null,
      methods: mapped(own, (name, { needs }): Method<null> => {
        const api = apiOf(name);
        return { needs, operation: (request) => ask(client, api, request) };
      }),
      streams: mapped(streams, (name, { needs }): StreamingMethod<null> => {
        const api = apiOf(name);
        return {
          needs,
          operation: (first, stream) => converse(client, api, first, stream),
        };
      }),
    },
    close: () => client.close(),
  };
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  change: (name: string, value: From) => To,
): Record<string, To> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, change(name, value)]),
  );
}

function ask(client: Client, api: ApiMethod, request: object): Promise<object> {
  const { path, requestSerialize, responseDeserialize } = definitionOf(api);
  const message = api.request.fromObject(request);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      message,
      (error, response) => {
        if (error !== null) reject(apiErrorOf(error));
        else resolve(response === undefined ? {} : api.response.toObject(response, PLAIN));
      },
    );
  });
}

/** Carries requests up and responses down until one side has had enough. */
async function converse(
  client: Client,
  api: ApiMethod,
  first: object,
  { requests, send, signal }: Stream<object, unknown>,
): Promise<void> {
  const { path, requestSerialize, responseDeserialize } = definitionOf(api);
  const upstream: ClientDuplexStream<protobuf.Message, protobuf.Message> =
    client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata());
  signal.addEventListener("abort", () => upstream.cancel(), { once: true });
  const carryUp = async (): Promise<void> => {
    upstream.write(api.request.fromObject(first));
    for await (const request of requests) upstream.write(api.request.fromObject(request));
    upstream.end();
  };
  // A client that goes away is told by the signal.
  carryUp().catch(() => upstream.cancel());
  try {
    for await (const response of upstream as AsyncIterable<protobuf.Message>) {
      await send(api.response.toObject(response, PLAIN));
    }
  } catch (error) {
    throw apiErrorOf(error as ServiceError);
  }
}

/** The emulator's error. One with a code that no simulator uses is INTERNAL, with the code in its message. */
function apiErrorOf({ code, details }: ServiceError): ApiError {
  const number: number = code;
  const name = (Object.keys(CODES) as Code[]).find((each) => CODES[each].grpc === number);
  return name === undefined
    ? new ApiError("INTERNAL", `${status[code]}: ${details}`)
    : new ApiError(name, details);
}
