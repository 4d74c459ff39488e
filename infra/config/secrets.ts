/** The secret keys of a stack's config: who needs them, what they must be. No sentence shows a value. */
import { Secret } from "../secret.ts";
import { configCommand } from "./fixes.ts";
import { isSecret, type SecretKey } from "./key.ts";
import { fullKey, NO_FILE, placeOf, type Origin } from "./origin.ts";
import { runs, type Parts, type Written } from "./part.ts";

interface Owned {
  readonly name: string;
  readonly key: SecretKey;
  /** The system that it belongs to. */
  readonly system: string;
}

function secretsOf(systems: Parts): readonly Owned[] {
  return Object.entries(systems).flatMap(([system, { config }]) =>
    Object.entries(config.keys).flatMap(([name, key]) =>
      isSecret(key) ? [{ name, key, system }] : [],
    ),
  );
}

/** The secret keys of these systems by their names. */
export function secretKeys(systems: Parts): ReadonlyMap<string, SecretKey> {
  return new Map(secretsOf(systems).map(({ name, key }) => [name, key]));
}

/** The secrets that a stack's file does not tell: those that are encrypted, and those that are required and absent. */
export function untoldSecrets(written: Written, systems: Parts): readonly string[] {
  return secretsOf(systems)
    .filter((owned) => {
      const value = written[owned.name];
      return isEncrypted(value) || (isAbsent(value) && isRequired(owned, written));
    })
    .map(({ name }) => name);
}

/** A stack's values for commands that look at no secret. */
export function withPlaceholders(written: Written, systems: Parts): Written {
  const untold = untoldSecrets(written, systems).map((key) => [key, Secret.PLACEHOLDER] as const);
  return { ...written, ...Object.fromEntries(untold) };
}

/** Every secret key with its value, which is empty where there is none and none is required; and all that is wrong. */
export function readSecrets(
  written: Written,
  systems: Parts,
  origin: Origin = NO_FILE,
): {
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const read = (owned: Owned): Secret => {
    const { name, key } = owned;
    const value = written[name];
    const refused = (how: string): Secret => {
      problems.push(sentence(name, key, how, origin));
      return new Secret("");
    };
    if (isAbsent(value)) {
      return isRequired(owned, written) ? refused("is not set") : new Secret("");
    }
    if (!(value instanceof Secret)) {
      return refused(
        isEncrypted(value) ? "is encrypted, and cannot be read here" : "is in plain text",
      );
    }
    if (value.isPlaceholder) return value;
    const text = key.secret.read(value.reveal());
    return text === undefined ? refused("has a value that will not do") : new Secret(text);
  };
  const entries = secretsOf(systems).map((owned) => [owned.name, read(owned)] as const);
  return { secrets: Object.fromEntries(entries), problems };
}

function sentence(name: string, { secret }: SecretKey, how: string, origin: Origin): string {
  const fix = configCommand("set", origin.stack, `--secret ${secret.set}`);
  const said = `${placeOf(name, origin)}${fullKey(name)} ${how}; it ${secret.rule}, and be a secret.`;
  return `${said}\nFix: ${fix}`;
}

function isRequired({ key, system }: Owned, written: Written): boolean {
  return key.secret.isOptional !== true && runs(written, system);
}

/** As `default` of Pulumi.yaml says it too. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === "";
}

/** As stack files hold it; only Pulumi can read it. */
export function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}
