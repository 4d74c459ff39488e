/** A stack's config: the only reader of Pulumi's, checked as a whole, every problem in one message. */
import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";
import { Secret } from "../secret.ts";
import { ConfigError } from "./errors.ts";
import { takenNames } from "./function-names.ts";
import { isSecret, plainKeys, type Keys } from "./key.ts";
import { NAMESPACE, NO_FILE, originOf, ourValues, type Origin } from "./origin.ts";
import {
  allKeys,
  runs,
  type ConfigPart,
  type Parts,
  type PartValues,
  type Written,
} from "./part.ts";
import { platformPart, type PlatformConfig } from "./platform-keys.ts";
import { problemsOf, sentence, unknownKey } from "./problems.ts";
import { readSecrets } from "./secrets.ts";

export type { PlatformConfig };

/** What one part of the program is told about a stack. */
export type ConfigOf<Part extends ConfigPart> = PlatformConfig & PartValues<Part>;

/** What all of these systems together are told. */
export type ConfigOfAll<Systems extends Parts> = PlatformConfig &
  Together<{ [Name in keyof Systems]: (values: PartValues<Systems[Name]["config"]>) => void }>;

/** Of functions that take this or that, what suits them all. */
type Together<Takers> = Takers[keyof Takers] extends (values: infer All) => void ? All : never;

/** All keys that a stack of these systems may set. */
export function keysOf(systems: Parts): Keys {
  return allKeys(partsOf(systems));
}

/**
 * The config of a set of values, keys without `switchyard:`, defaults applied. The value of a secret key is a `Secret`:
 * anything else is refused, and not shown. `systems`: those that there are. `origin`: whose values they are, for what is
 * said about them.
 * @throws ConfigError with all problems.
 */
export function parseConfig<Systems extends Parts>(
  values: Written,
  systems: Systems,
  origin: Origin = NO_FILE,
): ConfigOfAll<Systems> {
  const keys = keysOf(systems);
  const schemas = Object.fromEntries(plainKeys(keys).map(([name, { schema }]) => [name, schema]));
  const parsed = v.safeParse(v.object(schemas), values);
  const strays = Object.keys(values).filter((key) => !Object.hasOwn(keys, key));
  const { secrets, problems: ofSecrets } = readSecrets(values, systems, origin);
  const problems = [
    ...problemsOf(parsed.issues ?? [], origin, keys),
    ...strays.map((key) => unknownKey(key, origin, keys)),
    ...brokenRules(values, systems).map((problem) => sentence(problem, origin, keys)),
    ...ofSecrets,
  ];
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError("The stack's config has problems:", problems);
  }
  const plain = { ...parsed.output, ...secrets };
  const derived = partsOf(systems).map((part) => part.derive?.(plain as never));
  // The schemas are those of the systems' own keys, and what is derived is theirs.
  return deepFreeze(Object.assign({}, plain, ...derived)) as ConfigOfAll<Systems>;
}

function brokenRules(values: Written, systems: Parts) {
  const ofSystems = Object.entries(systems).flatMap(
    ([name, { config }]) => config.check?.(values, runs(values, name)) ?? [],
  );
  return [...ofSystems, ...takenNames(values, systems)];
}

function partsOf(systems: Parts): readonly ConfigPart[] {
  return [
    platformPart(Object.keys(systems)),
    ...Object.values(systems).map(({ config }) => config),
  ];
}

/** The config of the stack that Pulumi runs the program for. @throws ConfigError with all problems. */
export function readConfig<Systems extends Parts>(systems: Systems): ConfigOfAll<Systems> {
  const config = new pulumi.Config(NAMESPACE);
  const keys = keysOf(systems);
  const all = ourValues(Object.entries(pulumi.runtime.allConfig()));
  const values = Object.keys(all).map((name) => {
    // A key that is none of ours is refused, whatever it holds.
    const value = config.get(name);
    const key = keys[name];
    if (isSecret(key)) {
      return [name, isConfigSecret(`${NAMESPACE}:${name}`) ? new Secret(value) : value] as const;
    }
    return [name, key?.isText ? value : parseJson(value)] as const;
  });
  return parseConfig(Object.fromEntries(values), systems, originOf(pulumi.getStack()));
}
/** The SDK keeps this to itself and offers `getSecret` instead, which makes a secret of a plain text too. */
function isConfigSecret(key: string): boolean {
  const { runtime } = pulumi as unknown as { runtime: { isConfigSecret(key: string): boolean } };
  return runtime.isConfigSecret(key);
}

/** What is no JSON is left as text, for the schema to refuse with the key's name. */
function parseJson(value: string | undefined): unknown {
  try {
    return JSON.parse(value ?? "null");
  } catch {
    return value;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
