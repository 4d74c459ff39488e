/** What a simulator is made of and what it may ask of the local cloud. Wire formats are the gateway's. */
import type { Clock } from "../clock.ts";
import type { ApiError } from "../errors.ts";
import type { LocalRequest, LocalResponse, Send } from "../http/message.ts";
import type { ServiceSpec } from "../host/spec.ts";
import type {
  AccessRequest,
  Attributes,
  Authorize,
  Binding,
  Boundary,
  Caller,
  Need,
} from "../iam/types.ts";
import type { Issuer } from "../identity/issuer.ts";
import type { Log } from "../log.ts";

/** What Google's identity does for its services. */
export type Identity = Pick<
  Issuer,
  "accessToken" | "narrowed" | "callerOf" | "idToken" | "accountKeys"
>;

/** The local cloud as a simulator sees it. */
export interface Cloud {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly authorize: Authorize;
  /** Whether IAM would allow it: asked without a trace. */
  readonly isAllowed: (request: AccessRequest) => boolean;
  /** What is granted on this very resource at present. */
  readonly bindingsOn: (resource: string) => readonly Binding[];
  /** Sends a request to a real host name, through the same invoker check as anyone's. */
  readonly send: Send;
  /** What Google refuses of a boundary, a sentence each. */
  readonly boundaryProblems: (boundary: Boundary) => readonly string[];
  /** Tokens and signatures as Google makes and reads them. Asks nobody: authorize first. */
  readonly identity: Identity;
  /** Whether the program declares a service account of that email. */
  readonly hasServiceAccount: (email: string) => boolean;
  /** What runs at present. */
  readonly services: () => readonly ServiceSpec[];
}

/** One call of one API method. */
export interface Call<State> {
  /** Asked for with `cloud.authorize({ ...caller, … })`: what its token may do can be less than what its principal may. */
  readonly caller: Caller;
  readonly state: State;
  readonly cloud: Cloud;
}

/**
 * One method of an API: the operation, and what its caller needs, which the gateway asks for in that order before it calls.
 * Requests and responses are plain objects as protobufjs makes them with
 * `{ longs: Number, enums: String, arrays: false, defaults: false }`: unset fields are absent, a Timestamp is `{ seconds, nanos }`.
 */
export interface Method<State, Request = never, Response = unknown> {
  // A method, so that lists may hold simulators of any state, each of which is only ever given its own.
  operation(request: Request, call: Call<State>): Response | Promise<Response>;
  /** May depend on the request. Throws an `ApiError` for one that is malformed. */
  readonly needs: (request: Request) => readonly Need[];
}

/**
 * What conditions read where a project is asked about. It shows no name.
 * Source: cloud.google.com/iam/docs/conditions-attribute-reference, which services recognise which attribute.
 */
export const PROJECT_ATTRIBUTES: Attributes = {
  type: "cloudresourcemanager.googleapis.com/Project",
  service: "cloudresourcemanager.googleapis.com",
};

/** The open stream of one call, beyond its first request. */
export interface Stream<Request, Response> {
  /** The requests after the first, as they come; none where the client sends one only. Throws when the client goes away. */
  readonly requests: AsyncIterable<Request>;
  /** Resolves when the client can take more. Nothing is sent once the signal is aborted. */
  readonly send: (response: Response) => Promise<void>;
  /** Aborted when the client cancels, its deadline passes, or its connection breaks. */
  readonly signal: AbortSignal;
}

/**
 * A method that answers with a stream. The gateway authorizes by the first request, as the operation gets it. The stream
 * ends when the operation does: well when it resolves, with an `ApiError` when it rejects.
 */
export interface StreamingMethod<State, Request = never, Response = unknown> {
  operation(request: Request, stream: Stream<Request, Response>, call: Call<State>): Promise<void>;
  readonly needs: (request: Request) => readonly Need[];
}

/** A service of another package that an API takes in: Pub/Sub has `google.iam.v1.IAMPolicy`. */
export interface Mixin {
  readonly descriptors: string;
  readonly service: string;
  // Such templates hold what ends a comment of the other kind.
  // Method name → where it is over REST: `POST /v1/{resource=projects/*/topics/*}:setIamPolicy`.
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

/** An API whose methods come from proto descriptors. */
export interface ProtoSimulator<State = unknown> {
  readonly host: string;
  /** The file of proto descriptors inside a client package, resolvable by `import.meta.resolve`. */
  readonly descriptors: string;
  /** `google.cloud.tasks.v2.CloudTasks`; all of them where the host has several. No two may share a method's name. */
  readonly service: string | readonly string[];
  /** What of other services this host answers, under paths of its own. */
  readonly mixins?: readonly Mixin[];
  readonly state: State;
  /** Method name (`CreateTask`) → method. A method of the service that is not here answers UNIMPLEMENTED. */
  readonly methods: Readonly<Record<string, Method<State>>>;
  /** The same for methods that answer with a stream. */
  readonly streams?: Readonly<Record<string, StreamingMethod<State>>>;
}

/** An API without proto descriptors: it reads its own requests and writes its own answers. */
export interface RestSimulator {
  /** Host names that it answers for; they may change with what is declared, so ask at every connection. */
  readonly hosts: readonly string[];
  /** Authorizes by itself. Throws an `ApiError`, which the gateway writes as `refusal` says. */
  readonly handle: (
    request: LocalRequest,
    caller: Caller,
  ) => LocalResponse | Promise<LocalResponse>;
  /** How this API writes an error. Default: `google.rpc.Status` in JSON. */
  readonly refusal?: (error: ApiError, request: LocalRequest) => LocalResponse;
  /**
   * Who asks, where something other than an access token says it, as a signed URL does. Undefined: the token does, and
   * without one the request is refused. Throws an `ApiError`.
   */
  readonly identify?: (request: LocalRequest) => Caller | undefined | Promise<Caller | undefined>;
}
