/**
 * What a Google service is to the local cloud: two halves, because the program is recorded in a thread that must not load
 * what runs. Services never import each other; the platform reaches them through its two lists only.
 */
import * as v from "valibot";
import type { Denials, ServiceAccount } from "../iam/types.ts";
import type { ServiceSpec } from "../host/spec.ts";
import type { Cloud, ProtoSimulator, RestSimulator } from "./api.ts";

export type Inputs = Readonly<Record<string, unknown>>;

/** Of what slices are made. */
export interface Item {
  /** Unique in its noun: `projects/P/topics/T`, a bucket's own name. */
  readonly name: string;
}

/** What a program declares of one service: noun → items. */
export type Slice = Readonly<Record<string, Item[]>>;

/** A service as its registration says it; where its archive lies is known to whoever declares that. */
export type DeclaredService = Omit<ServiceSpec, "folder">;

/** What is no service's alone: what the platform runs, and as whom. */
export interface Common {
  /** Project id. */
  readonly project: string;
  readonly projectNumber: string;
  readonly services: DeclaredService[];
  readonly serviceAccounts: ServiceAccount[];
  /** Source archives: `bucket/object` → folder. */
  readonly archives: Map<string, string>;
}

/** What the provider would answer to a registration: the id and the computed outputs that the program reads. */
export interface Computed {
  readonly id: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** What a type of the program means on one machine. */
export type Declares<S> =
  | {
      readonly meaning: "local";
      /** Adds the resource to the slice, or to what all have in common; returns what is wrong with it. */
      read(inputs: Inputs, slice: S, common: Common): readonly string[];
      /** Default: the inputs, under the name. */
      readonly computed?: (inputs: Inputs) => Computed;
    }
  /** Known, and nothing on one machine follows from it. */
  | { readonly meaning: "none"; readonly why: string };

/** Role → its permissions on what is simulated. */
export type Roles = Readonly<Record<string, readonly string[]>>;

/**
 * Which permissions a project's own roles may hold. What is in neither list is not known, and taken for not offered.
 * Source: the levels SUPPORTED and NOT_SUPPORTED of cloud.google.com/iam/docs/custom-roles-permissions-support; where its
 * rows could not be read, that custom roles of public programs hold them. What Google is still TESTING is in neither.
 */
export interface Offered {
  readonly supported: readonly string[];
  readonly notSupported?: readonly string[];
}

/** What is new, other and gone. */
export interface Changes<T> {
  readonly added: readonly T[];
  readonly changed: readonly { readonly before: T; readonly after: T }[];
  readonly removed: readonly T[];
}

/**
 * What the program says of a service. Methods, not function properties: a list may then hold services of any slice, each
 * of which is only ever given its own.
 */
export interface DeclaresService<S extends Slice = Slice> {
  /** Names the slice, and the service's folder. */
  readonly name: string;
  /** Pulumi type → meaning. Schemas are strict: a field that is not honoured is a problem. */
  readonly declares: Readonly<Record<string, Declares<S>>>;
  empty(): S;
  /** What is wrong with all of it together. */
  check?(slice: S): readonly string[];
  /** The predefined ones. A role that spans services has one owner. */
  readonly roles: Roles;
  /** Its permissions that custom roles may hold. Default: none is known. */
  readonly offered?: Offered;
  /** Roles that the program makes. */
  customRoles?(slice: S): Roles;
  /** How it refuses, where not as most services do. */
  readonly denials?: Denials;
  /** How changes of a noun are told to people; undefined: as `queues queue-a, queue-b added`. `before`: as it was. */
  tells?(noun: string, changes: Changes<Item>, before: S): readonly string[] | undefined;
}

/** The slice of a service. */
export type SliceOf<Service> = Service extends DeclaresService<infer S> ? S : never;

/** How items of a noun are taken into use. */
export interface Takes<I extends Item> {
  /** Makes it, or makes of the one that is there what it is now. */
  declare(item: I): void;
  remove(name: string): void;
}

/** What services do for each other and for the platform, each offered by one. */
export interface Ports {
  /** The payload of `projects/P/secrets/S/versions/V`, as that account would read it. Throws `ApiError`. */
  readonly accessSecret: (principal: `serviceAccount:${string}`, version: string) => Buffer;
  /** Writes an object, asking neither IAM nor preconditions. */
  readonly putObject: (bucket: string, name: string, bytes: Buffer, contentType: string) => void;
}

/** A service that answers. */
export interface Running<S extends Slice = Slice> {
  readonly apis: readonly (ProtoSimulator | RestSimulator)[];
  /** Noun → how its items are taken into use, in this order. */
  readonly takes: { readonly [Noun in keyof S]: Takes<S[Noun][number]> };
  readonly offers?: Partial<Ports>;
  /** Ends what is under way. */
  stop?(): void;
}

/** The half of a service that runs. */
export interface RunsService<S extends Slice = Slice> {
  readonly declares: DeclaresService<S>;
  start(cloud: Cloud): Running<S>;
}

/** A type that means something here. `add` may say what else is wrong. */
export function local<Schema extends v.GenericSchema, S>(
  schema: Schema,
  add: (values: v.InferOutput<Schema>, slice: S, common: Common) => readonly string[] | undefined,
  computed?: (inputs: Inputs) => Computed,
): Declares<S> {
  return {
    meaning: "local",
    read: (inputs, slice, common) => {
      const parsed = v.safeParse(schema, inputs);
      if (!parsed.success) {
        return parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "inputs"}: ${issue.message}`);
      }
      return add(parsed.output, slice, common) ?? [];
    },
    ...(computed && { computed }),
  };
}

/** A type that is known, and of which each one in a program is a problem. */
export function refused(why: string): Declares<object> {
  return { meaning: "local", read: () => [why] };
}

/** A type that nothing on one machine follows from. */
export function none(why: string): Declares<never> {
  return { meaning: "none", why };
}

/** `3.5s`, as the provider takes durations; read as a protobuf Duration. */
export const DURATION = v.pipe(
  v.string(),
  v.regex(/^\d+(\.\d{1,9})?s$/, "must be seconds, like 3.5s"),
  v.transform((text) => {
    const seconds = Number(text.slice(0, -1));
    return { seconds: Math.trunc(seconds), nanos: Math.round((seconds % 1) * 1e9) };
  }),
);
