/** A stack's config: the only reader of Pulumi's, checked as a whole, every problem in one message. */
import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";
import { ConfigError } from "./errors.ts";
import { NAMESPACE, NO_FILE, originOf, ourValues, type Origin } from "./origin.ts";
import { problemsOf, sentence, unknownKey } from "./problems.ts";
import { schemasOf } from "./key.ts";
import { CHECKS, KEYS, TEXT_KEYS } from "./keys.ts";
import { SYSTEMS } from "./platform-keys.ts";
import type { PlanRunnerConfig } from "../systems/plan-runner/config.ts";
import { derivedEnqueuer, type EnqueuerConfig } from "../systems/enqueuer/config.ts";
import { Secret } from "../secret.ts";
import { isSecretKey, readSecrets } from "./secret-keys.ts";

export type SystemName = (typeof SYSTEMS)[number];

/** What the program is told about a stack. Frozen; every derived value is there. */
export interface PlatformConfig extends EnqueuerConfig, PlanRunnerConfig {
  /** Project id. */
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
  /** Email address of the person who works with the stack. */
  readonly developer: string;
  readonly systems: readonly SystemName[];
  /** Members who may look at queues, tasks, topics, subscriptions and services. Default: the developer. */
  readonly operators: readonly string[];
  /** Whether what holds data is protected from deletion. */
  readonly protectData: boolean;
  /** What GitHub signs its webhooks with. Empty where no system of the stack needs it and none is set. */
  readonly githubWebhookSecret: Secret;
  /** PEM of the GitHub App's RSA key. Empty where no system of the stack needs it and none is set. */
  readonly githubAppPrivateKey: Secret;
}

const Schemas = schemasOf(KEYS);

/**
 * The config of a set of values, keys without `switchyard:`, defaults applied. The value of a secret key is a `Secret`:
 * anything else is refused, and not shown. `origin`: whose values they are, for what is said about them.
 * @throws ConfigError with all problems.
 */
export function parseConfig(
  values: Readonly<Record<string, unknown>>,
  origin: Origin = NO_FILE,
): PlatformConfig {
  const parsed = v.safeParse(v.object(Schemas), values);
  const strays = Object.keys(values).filter((key) => !Object.hasOwn(Schemas, key));
  const problems = [
    ...problemsOf(parsed.issues ?? [], origin, SYSTEMS),
    ...strays.filter((key) => !isSecretKey(key)).map((key) => unknownKey(key, origin)),
  ];
  const { secrets, problems: ofSecrets } = readSecrets(values, origin);
  problems.push(
    ...CHECKS.flatMap((check) => check(values)).map((problem) => sentence(problem, origin)),
    ...ofSecrets,
  );
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError("The stack's config has problems:", problems);
  }
  const { operators, developer } = parsed.output;
  return deepFreeze({
    ...parsed.output,
    ...secrets,
    operators: operators.length > 0 ? operators : [`user:${developer}`],
    ...derivedEnqueuer(parsed.output),
  });
}

/** The config of the stack that Pulumi runs the program for. @throws ConfigError with all problems. */
export function readConfig(): PlatformConfig {
  const config = new pulumi.Config(NAMESPACE);
  const all = ourValues(Object.entries(pulumi.runtime.allConfig()));
  const values = Object.keys(all).map((name) => {
    // A key that is none of ours is refused, whatever it holds.
    const value = config.get(name);
    const isSecret = isConfigSecret(`${NAMESPACE}:${name}`);
    if (isSecretKey(name)) return [name, isSecret ? new Secret(value) : value] as const;
    return [name, TEXT_KEYS.includes(name) ? value : parseJson(value)] as const;
  });
  return parseConfig(Object.fromEntries(values), originOf(pulumi.getStack()));
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
