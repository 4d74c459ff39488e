/** The gRPC services that Pulumi's engine offers to a program, answering as an engine does whose state is empty. */
import { Server, ServerCredentials, status, type handleUnaryCall } from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages, { type LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import monitorServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import monitorMessages, {
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  type RegisterResourceResponse,
  type ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { computedOutputs } from "../../../local/declared/computed.ts";
import type { Mode, Registered } from "./driver.ts";
import { STACK_TYPE } from "./stack.ts";
import { Empty, Struct, type StructValues } from "./sdk-messages.ts";
import { containsSecret, plainProperties, visibleValue } from "./values.ts";

const { ResourceMonitorFeature, Result } = monitorMessages;

/** Those of the engine's features that change what this program sends [pulumi: pkg/resource/deploy/source_eval.go]. */
const SUPPORTED_FEATURES = [
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
];

/** Plays the engine for one run of one program, on a free loopback port. */
export class EngineServices {
  readonly #server = new Server();
  readonly #registered: Registered[] = [];
  readonly #messages: string[] = [];
  readonly #visible: unknown[] = [];
  readonly #stackUrn: string;

  constructor(project: string, stack: string, mode: Mode) {
    const urnOf = urnsOf(project, stack);
    this.#stackUrn = urnOf("", STACK_TYPE, `${project}-${stack}`);
    this.#server.addService(monitorServices.ResourceMonitorService, {
      getDeploymentInfo: unary(() =>
        new monitorMessages.DeploymentInfo().setSupportedfeaturesList(SUPPORTED_FEATURES),
      ),
      registerResource: unary((request: RegisterResourceRequest) => {
        const urn = urnOf(request.getParent(), request.getType(), request.getName());
        this.#see(propertiesOf(request));
        if (request.getType() !== STACK_TYPE) this.#registered.push(registrationOf(urn, request));
        return answerTo(urn, request, mode);
      }),
      registerResourceOutputs: unary((request: RegisterResourceOutputsRequest) => {
        this.#see(request.getOutputs()?.toJavaScript());
        return new Empty();
      }),
      signalAndWaitForShutdown: unary(() => new Empty()),
      invoke: unary((request: ResourceInvokeRequest) => {
        throw new Error(`The program looks up ${request.getTok()}, which needs the cloud.`);
      }),
    });
    this.#server.addService(engineServices.EngineService, {
      getRootResource: unary(() =>
        new engineMessages.GetRootResourceResponse().setUrn(this.#stackUrn),
      ),
      setRootResource: unary(() => new engineMessages.SetRootResourceResponse()),
      log: unary((request: LogRequest) => {
        if (request.getSeverity() > engineMessages.LogSeverity.DEBUG) {
          this.#messages.push(request.getMessage());
        }
        return new Empty();
      }),
    });
  }

  /** What the program has registered so far, in order. */
  get registered(): readonly Registered[] {
    return this.#registered;
  }

  /** What the engine would have shown so far. */
  get messages(): readonly string[] {
    return this.#messages;
  }

  /** What anybody may read of the properties that the program has sent so far. */
  get visible(): string {
    return JSON.stringify(this.#visible);
  }

  /** Resolves to the address, `127.0.0.1:<port>`. */
  async listen(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
    return `127.0.0.1:${await promise}`;
  }

  #see(properties: unknown): void {
    this.#visible.push(visibleValue(properties));
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

/** URNs name the types of all parents but the stack [pulumi: sdk/go/common/resource/urn/urn.go]. */
function urnsOf(project: string, stack: string) {
  return (parent: string, type: string, name: string): string => {
    const parentType = parent.split("::")[2] ?? "";
    const prefix = parentType === "" || parentType === STACK_TYPE ? "" : `${parentType}$`;
    return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
  };
}

function registrationOf(urn: string, request: RegisterResourceRequest): Registered {
  const inputs = propertiesOf(request);
  const propertyDependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((sources, input) => {
    const urns = sources.getUrnsList().toSorted();
    if (urns.length > 0) propertyDependencies[input] = urns;
  });
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    isCustom: request.getCustom(),
    inputs: plainProperties(inputs),
    secretInputs: Object.keys(inputs).filter((key) => containsSecret(inputs[key])),
    parent: request.getParent(),
    dependencies: request.getDependenciesList().toSorted(),
    propertyDependencies,
    isProtected: request.getProtect() ?? false,
  };
}

/** A preview answers with the inputs and no id, which makes all else unknown to the program. */
function answerTo(
  urn: string,
  request: RegisterResourceRequest,
  mode: Mode,
): RegisterResourceResponse {
  const answer = new monitorMessages.RegisterResourceResponse()
    .setUrn(urn)
    .setResult(Result.SUCCESS);
  const inputs = propertiesOf(request);
  if (!request.getCustom()) return answer;
  if (mode === "preview") return answer.setObject(Struct.fromJavaScript(inputs));
  const { id, state } = computedOutputs(
    request.getType(),
    request.getName(),
    plainProperties(inputs),
  );
  // The inputs go last, as they came: they still know which of them are secret.
  const outputs = { ...(state as StructValues), ...inputs };
  return answer.setId(id).setObject(Struct.fromJavaScript(outputs));
}

function propertiesOf(request: RegisterResourceRequest): StructValues {
  return request.getObject()?.toJavaScript() ?? {};
}

/** A handler that answers at once; what it throws fails the call. */
function unary<Request, Response>(
  answer: (request: Request) => Response,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    try {
      callback(null, answer(call.request));
    } catch (error) {
      callback({ code: status.UNKNOWN, details: String(error) });
    }
  };
}
