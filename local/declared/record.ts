/**
 * Runs the Pulumi program in this process under a monitor of our own and returns all that it registered.
 * Nothing else knows Pulumi's mocks. Their limits: no provider schema is checked, no provider default is applied.
 */
import * as pulumi from "@pulumi/pulumi";
import { bundle, type Form } from "../../infra/bundle/bundle.ts";
import type { PlatformConfig } from "../../infra/config/config.ts";
import { declarePlatform, type Platform } from "../../infra/platform.ts";
import type { BundleOf, Systems } from "../../infra/system.ts";
import type { SystemName } from "../../infra/systems/index.ts";
import type { DeclaresService } from "../google/service.ts";
import { computedOutputs } from "./computed.ts";

export type { BundleOf, Form, SystemName };

/** One resource as the engine would have received it. */
export interface Registration {
  readonly urn: string;
  /** `gcp:cloudtasks/queue:Queue` */
  readonly type: string;
  /** The logical name, unique per type and parent. */
  readonly name: string;
  /** False for components, which exist only in the program. */
  readonly isCustom: boolean;
  /** Plain values: secrets are unwrapped, archives and files are `{ path }`. */
  readonly inputs: Inputs;
  /** Top-level inputs that contain a secret. */
  readonly secretInputs: readonly string[];
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly isProtected: boolean;
}

export interface Recording<Config extends PlatformConfig = PlatformConfig> {
  readonly config: Config;
  readonly platform: Platform;
  readonly registrations: readonly Registration[];
}

/** The lists that a program is made and recorded by; tests add to them. */
export interface Lists {
  /** Default: all systems that there are. */
  readonly systems?: Systems;
  /** Who says what Google would compute. Default: all of its services that there are. */
  readonly services?: readonly DeclaresService[];
}

type Inputs = Readonly<Record<string, unknown>>;

const PROJECT = "switchyard";

/** The part of a RegisterResourceRequest that is read here; the generated class ships without types. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  getProtect(): boolean;
  getDependenciesList(): string[];
}

type Callback = (error: unknown, response: { getUrn(): string } | undefined) => void;

/** The mock monitor's method that is wrapped here. */
interface Monitor {
  registerResource(request: RegisterRequest, callback: Callback): Promise<void>;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Records the program for one stack. Throws what the program throws: a config error, a bundle that cannot be built.
 * Bundles come from `bundleOf`, which by default makes them.
 */
export async function record<Config extends PlatformConfig>(
  config: Config,
  stack: string,
  bundleOf: BundleOf = bundle,
  { systems, services }: Lists = {},
): Promise<Recording<Config>> {
  let platform: Platform | undefined;
  const declare = async (): Promise<void> => {
    platform = await declarePlatform(config, bundleOf, systems);
  };
  const registrations = await recordProgram(stack, declare, services);
  if (platform === undefined) throw new Error("The program ended without declaring a platform.");
  return { config, platform, registrations };
}

/**
 * What a program registers. Pulumi's runtime is one per process, so recordings wait for each other. `services`: who says
 * what Google would compute; default: all there are.
 */
export function recordProgram(
  stack: string,
  program: () => void | Promise<void>,
  services?: readonly DeclaresService[],
): Promise<readonly Registration[]> {
  const recording = last.then(() => recordNow(stack, program, services));
  last = recording.catch(() => undefined);
  return recording;
}

async function recordNow(
  stack: string,
  program: () => void | Promise<void>,
  services: readonly DeclaresService[] | undefined,
): Promise<readonly Registration[]> {
  const { registrations, lookUps } = await monitor(stack, services);
  try {
    await pulumi.runtime.runInPulumiStack(async () => program());
    // Without this, resources whose inputs are still resolving would be missing from the record.
    await pulumi.runtime.disconnect();
  } finally {
    // Whatever else went wrong may be because the look-up was answered with nothing.
    refuseLookUps(lookUps);
  }
  const resources = registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  return Promise.all(resources.map(plain));
}

function refuseLookUps(lookUps: readonly string[]): void {
  if (lookUps.length === 0) return;
  throw new Error(
    `The program looks up ${lookUps.join(", ")}; look-ups need the cloud. Put the value in the stack's config instead.`,
  );
}

/** What fills as the program runs. */
interface Recorded {
  readonly registrations: readonly Registration[];
  readonly lookUps: readonly string[];
}

/** Installs the mocks. Throwing in one would be swallowed by the SDK or end the process: whatever is wrong is judged later. */
async function monitor(
  stack: string,
  services: readonly DeclaresService[] | undefined,
): Promise<Recorded> {
  const inputsOf = new Map<string, Inputs>();
  const lookUps: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        inputsOf.set(`${type} ${name}`, inputs as Inputs);
        return computedOutputs(type, name, inputs as Inputs, services);
      },
      call: ({ token }) => {
        lookUps.push(token);
        return {};
      },
    },
    PROJECT,
    stack,
  );
  // The mocks are not told parent, dependencies and protect; the monitor's own request has them.
  const registrations: Registration[] = [];
  const engine = pulumi.runtime.getMonitor() as unknown as Monitor;
  const registerResource = engine.registerResource.bind(engine);
  engine.registerResource = (request, callback) =>
    registerResource(request, (error, response) => {
      const inputs = inputsOf.get(`${request.getType()} ${request.getName()}`) ?? {};
      if (response !== undefined) {
        registrations.push(registrationOf(request, response.getUrn(), inputs));
      }
      callback(error, response);
    });
  return { registrations, lookUps };
}

function registrationOf(request: RegisterRequest, urn: string, inputs: Inputs): Registration {
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    isCustom: request.getCustom(),
    inputs,
    secretInputs: Object.keys(inputs).filter((key) => containsSecret(inputs[key])),
    parent: request.getParent(),
    dependencies: request.getDependenciesList(),
    isProtected: request.getProtect(),
  };
}

async function plain(registration: Registration): Promise<Registration> {
  return {
    ...registration,
    inputs: (await plainValue(registration.inputs)) as Inputs,
  };
}

async function plainValue(value: unknown): Promise<unknown> {
  const unwrapped: unknown = pulumi.runtime.isRpcSecret(value)
    ? pulumi.runtime.unwrapRpcSecret(value)
    : value;
  if (unwrapped instanceof pulumi.asset.FileArchive || unwrapped instanceof pulumi.asset.FileAsset)
    return { path: await unwrapped.path };
  if (Array.isArray(unwrapped)) return Promise.all(unwrapped.map(plainValue));
  if (typeof unwrapped !== "object" || unwrapped === null) return unwrapped;
  const entries = await Promise.all(
    Object.entries(unwrapped).map(async ([key, inner]) => [key, await plainValue(inner)] as const),
  );
  return Object.fromEntries(entries);
}

function containsSecret(value: unknown): boolean {
  if (pulumi.runtime.isRpcSecret(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsSecret);
}
