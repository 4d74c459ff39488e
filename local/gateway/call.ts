/** What happens to every call of an API, whichever transport it came by. */
import type protobuf from "protobufjs";
import { ApiError } from "../errors.ts";
import type { Caller, Need } from "../iam/types.ts";
import type { Log } from "../log.ts";
import type { Call, Cloud, ProtoSimulator, Stream } from "../google/api.ts";
import type { ApiMethod } from "./descriptors.ts";

export interface Serving {
  readonly cloud: Cloud;
  /** Whose access token this is; undefined where it is not one, or is over. */
  readonly callerOf: (token: string) => Caller | undefined;
}

/** Calls the method on behalf of whoever sent the `authorization` header. Throws `ApiError`. */
export type CallMethod = (
  method: ApiMethod,
  request: protobuf.Message,
  authorization: string | undefined,
) => Promise<protobuf.Message>;

/** The same for a method that answers with a stream; resolves when the stream is to end. */
export type OpenStream = (
  method: ApiMethod,
  request: protobuf.Message,
  stream: Stream<protobuf.Message, protobuf.Message>,
  authorization: string | undefined,
) => Promise<void>;

export interface Calls {
  readonly call: CallMethod;
  readonly open: OpenStream;
}

/** As `Method` of the simulators promises it to operations. */
const PLAIN = { longs: Number, enums: String, arrays: false, defaults: false, objects: false };

const EXPECTED =
  "Expected OAuth 2 access token, login cookie or other valid authentication credential. " +
  "See https://developers.google.com/identity/sign-in/web/devconsole-project.";

export function callsOf<State>(simulator: ProtoSimulator<State>, serving: Serving): Calls {
  const { cloud } = serving;
  const { methods, streams = {}, state } = simulator;

  /** What every call begins with: who is it, is the method here, may they? */
  function admit<M extends Authorized>(
    methods: Readonly<Record<string, M>>,
    api: ApiMethod,
    message: protobuf.Message,
    authorization: string | undefined,
  ): { request: object; method: M; call: Call<State> } {
    const caller = identified(authorization, api.fullName, serving);
    const method = Object.hasOwn(methods, api.name) ? methods[api.name] : undefined;
    if (method === undefined) throw unimplemented(api.fullName, cloud.log);
    const request = api.request.toObject(message, PLAIN);
    for (const need of method.needs(request as never)) cloud.authorize({ ...caller, ...need });
    return { request, method, call: { caller, state, cloud } };
  }

  return {
    call: async (api, message, authorization) => {
      const { request, method, call } = admit(methods, api, message, authorization);
      const response = await method.operation(request as never, call);
      return api.response.fromObject(response ?? {});
    },
    open: async (api, message, stream, authorization) => {
      const { request, method, call } = admit(streams, api, message, authorization);
      const plain = plainStream(api, stream) as Stream<never, unknown>;
      await method.operation(request as never, plain, call);
    },
  };
}

interface Authorized {
  readonly needs: (request: never) => readonly Need[];
}

function plainStream(
  { request, response }: ApiMethod,
  { requests, send, signal }: Stream<protobuf.Message, protobuf.Message>,
): Stream<object, object> {
  return {
    requests: plainRequests(request, requests),
    send: (message) => send(response.fromObject(message)),
    signal,
  };
}

async function* plainRequests(
  type: protobuf.Type,
  messages: AsyncIterable<protobuf.Message>,
): AsyncGenerator<object> {
  for await (const message of messages) yield type.toObject(message, PLAIN);
}

/** The answer to an API method that the local cloud does not have. Said in the log too: some clients hide it. */
export function unimplemented(name: string, log: Log): ApiError {
  const message = `The local cloud does not implement ${name}.`;
  log({ source: "gateway", severity: "WARNING", message });
  return new ApiError("UNIMPLEMENTED", message);
}

/**
 * Whose access token an `authorization` header carries. Where it carries none that is good the log says what was called,
 * and an `ApiError` is thrown.
 */
export function identified(
  authorization: string | undefined,
  called: string,
  { cloud, callerOf }: Serving,
): Caller {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  const caller = token === undefined ? undefined : callerOf(token);
  if (caller !== undefined) return caller;
  const why = token === undefined ? "no access token came with it" : "its access token is not good";
  const message = `refused: a call of ${called}: ${why}.`;
  cloud.log({ source: "iam", severity: "WARNING", message });
  throw unauthenticated(token === undefined ? MISSING : INVALID);
}

const MISSING = "Request is missing required authentication credential.";
const INVALID = "Request had invalid authentication credentials.";

function unauthenticated(sentence: string): ApiError {
  return new ApiError("UNAUTHENTICATED", `${sentence} ${EXPECTED}`);
}
