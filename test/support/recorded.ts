/** The program as a test sees it: recorded for the dev stack, or for that stack with other values. */
import { generateKeyPairSync } from "node:crypto";
import { bundle, type Bundle } from "../../infra/bundle/bundle.ts";
import { parseConfig, type PlatformConfig } from "../../infra/config/config.ts";
import { Secret } from "../../infra/secret.ts";
import { SECRET_KEYS, untoldSecrets, type SecretKey } from "../../infra/config/secret-keys.ts";
import { readStackFile } from "../../infra/config/stack-file.ts";
import { record, type Recording, type Registration } from "../../local/declared/record.ts";

/** The dev stack's config with some values replaced; keys as in the stack file. Stand-ins are in place of its secrets. */
export function devConfig(changes: Readonly<Record<string, unknown>> = {}): PlatformConfig {
  return parseConfig(withStandIns({ ...readStackFile("dev"), ...changes }));
}

type Values = Readonly<Record<string, unknown>>;

/** A stack's values with a stand-in for each secret that its file does not tell: the same one throughout a process. */
export function withStandIns(values: Values): Values {
  const secrets = untoldSecrets(values).map((key) => [key, new Secret(standIn(key))] as const);
  return { ...values, ...Object.fromEntries(secrets) };
}

const standIns = new Map<SecretKey, string>();

/** The text that stands in for a secret throughout the process. */
export function standIn(key: SecretKey): string {
  const known = standIns.get(key);
  if (known !== undefined) return known;
  const made = SECRET_KEYS[key].kind === "text" ? `stand-in of ${key}` : rsaPrivateKey();
  standIns.set(key, made);
  return made;
}

function rsaPrivateKey(): string {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;
}

const bundles = new Map<string, Promise<Bundle>>();

/** A role's bundle, made once in a process: tests change no source. */
function bundleOnce(role: string): Promise<Bundle> {
  const made = bundles.get(role) ?? bundle(role);
  bundles.set(role, made);
  return made;
}

/** Records the dev stack with some values replaced. */
export function recorded(changes: Readonly<Record<string, unknown>> = {}): Promise<Recording> {
  return record(devConfig(changes), "dev", bundleOnce);
}

/** The one resource of a type with these inputs; a test that finds none or several fails. */
export function resource(
  { registrations }: Recording,
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): Registration {
  const found = registrations.filter(
    (registration) =>
      registration.type === type &&
      Object.entries(inputs).every(([key, value]) => registration.inputs[key] === value),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${found.length} resources of ${type} with ${JSON.stringify(inputs)}`);
  }
  return only;
}
