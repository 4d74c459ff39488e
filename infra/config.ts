/** A stack's config: the only reader of Pulumi's, checked as a whole, every problem in one message. */
import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";
import { ConfigError } from "./errors.ts";
import { problemsOf, sentence } from "./config-problems.ts";
import { knownEntry } from "./known-entry.ts";
import { FunctionName, RegionName, WorkerEntry, numeric } from "./worker-entry.ts";
import { brokenRules } from "./worker-rules.ts";
import { workerOf, type Worker } from "./workers.ts";

/** The systems that there are. Adding one begins here. */
const SYSTEMS = ["enqueuer"] as const;
export type SystemName = (typeof SYSTEMS)[number];

/** What the program is told about a stack. Frozen; every derived value is there. */
export interface PlatformConfig {
  /** Project id. */
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
  /** Email address of the person who works with the stack. */
  readonly developer: string;
  readonly systems: readonly SystemName[];
  /** Members who may look at queues, tasks and services. Default: the developer. */
  readonly operators: readonly string[];
  /** Whether what holds data is protected from deletion. */
  readonly protectData: boolean;
  /** The enqueuer's function and service. */
  readonly enqueuerName: string;
  /** Whether `allUsers` may call the enqueuer. */
  readonly enqueuerPublic: boolean;
  /** Members who may call the enqueuer. */
  readonly enqueuerCallers: readonly string[];
  /** The enqueuer document's IAM 3, which Google's defaults cover. */
  readonly enqueuerTokenCreator: boolean;
  /** Largest body of a request to the enqueuer, in bytes. */
  readonly enqueuerMaxBodyBytes: number;
  readonly workers: readonly Worker[];
}

const text = (pattern: RegExp, rule: string) => v.pipe(v.string(rule), v.regex(pattern, rule));

/** `pulumi config set` and `stack init` write a flag as text. */
const Flag = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(["true", "false"]),
      v.transform((text) => text === "true"),
    ),
  ],
  "must be true or false",
);

const Member = text(
  /^(user|group|serviceAccount|domain):\S+$/,
  "must be user:EMAIL, group:EMAIL, serviceAccount:EMAIL or domain:NAME; opening the enqueuer to everybody is enqueuerPublic",
);

const list = <Item extends v.GenericSchema>(item: Item) => v.array(item, "must be a list");

/** A list in which saying something twice means no more than saying it once. */
const set = <Item extends v.GenericSchema>(item: Item) =>
  v.pipe(
    list(item),
    v.transform((items) => [...new Set(items)]),
  );

/** The stored form of a task. Source: aertje/cloud-tasks-emulator, internal/engine/tasksize.go, measured on the real service. */
const MAX_STORED_TASK_BYTES = 1_048_569;
const bodyRule = `must be a whole number of bytes, 1 to ${MAX_STORED_TASK_BYTES}`;

/** One schema per key of Pulumi.yaml, which has the defaults. */
const Schemas = {
  project: text(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    "must be a project id: 6 to 30 lower-case letters, digits and hyphens",
  ),
  projectNumber: text(/^[1-9]\d{5,19}$/, "must be the project's number, digits in quotes"),
  region: RegionName,
  developer: text(/^[^\s:@]+@[^\s:@]+$/, "must be an email address, without user: before it"),
  systems: set(v.picklist(SYSTEMS, `must be one of: ${SYSTEMS.join(", ")}`)),
  operators: set(Member),
  protectData: Flag,
  enqueuerName: FunctionName,
  enqueuerPublic: Flag,
  enqueuerCallers: set(Member),
  enqueuerTokenCreator: Flag,
  enqueuerMaxBodyBytes: v.pipe(
    numeric(bodyRule),
    v.integer(bodyRule),
    v.minValue(1, bodyRule),
    v.maxValue(MAX_STORED_TASK_BYTES, bodyRule),
  ),
  workers: list(WorkerEntry),
};

/** The project's name in Pulumi.yaml. */
const NAMESPACE = "switchyard";

/** Keys that Pulumi hands over as they were typed; the others are JSON. */
const TEXT_KEYS: readonly string[] = [
  "project",
  "projectNumber",
  "region",
  "developer",
  "enqueuerName",
];

/**
 * The config of a set of values, keys without `switchyard:`, defaults applied.
 * @throws ConfigError with all problems.
 */
export function parseConfig(values: Readonly<Record<string, unknown>>): PlatformConfig {
  const parsed = v.safeParse(v.strictObject(Schemas), values);
  const problems = problemsOf(parsed.issues ?? []);
  problems.push(...relations(values));
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError("The stack's config has problems:", problems);
  }
  const { operators, workers, ...rest } = parsed.output;
  return deepFreeze({
    ...rest,
    operators: operators.length > 0 ? operators : [`user:${rest.developer}`],
    workers: workers.map((entry) => workerOf(entry, rest)),
  });
}

/** The config of the stack that Pulumi runs the program for. @throws ConfigError with all problems. */
export function readConfig(): PlatformConfig {
  const config = new pulumi.Config(NAMESPACE);
  const prefix = `${NAMESPACE}:`;
  const ours = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(prefix));
  const values = ours.map((key) => {
    const name = key.slice(prefix.length);
    const value = config.get(name);
    return [name, TEXT_KEYS.includes(name) ? value : parseJson(value)] as const;
  });
  return parseConfig(Object.fromEntries(values));
}

/** What is no JSON is left as text, for the schema to refuse with the key's name. */
function parseJson(value: string | undefined): unknown {
  try {
    return JSON.parse(value ?? "null");
  } catch {
    return value;
  }
}

/** Rules between values, as far as these are known: one mistake does not hide the next. */
function relations(values: Readonly<Record<string, unknown>>): string[] {
  const { workers, enqueuerName, systems } = values;
  const place = {
    project: String(values.project),
    projectNumber: String(values.projectNumber),
    region: String(values.region),
  };
  const entries = Array.isArray(workers) ? (workers as unknown[]) : undefined;
  return brokenRules({
    entries: (entries ?? []).map(knownEntry).filter((entry) => entry !== undefined),
    isEmpty: entries?.length === 0,
    isEnqueuerOn: Array.isArray(systems) && systems.includes("enqueuer"),
    place,
    isNumberKnown: v.is(Schemas.projectNumber, place.projectNumber),
    isRegionKnown: v.is(Schemas.region, place.region),
    enqueuerName: String(enqueuerName),
  }).map(sentence);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
