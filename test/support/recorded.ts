/** The program as a test sees it: recorded for the dev stack, or for that stack with other values. */
import { generateKeyPairSync } from "node:crypto";
import { bundle, type Bundle } from "../../infra/bundle/bundle.ts";
import { parseConfig } from "../../infra/config/config.ts";
import { Secret } from "../../infra/secret.ts";
import { secretKeys, untoldSecrets } from "../../infra/config/secrets.ts";
import { readStackFile } from "../../infra/config/stack-file.ts";
import { SYSTEMS, type StackConfig } from "../../infra/systems/index.ts";
import {
  record,
  type BundleOf,
  type Recording,
  type Registration,
} from "../../local/declared/record.ts";
import { completed } from "../../local/declared/completed.ts";
import { declared, type Declared } from "../../local/declared/declared.ts";

/** The dev stack's config with some values replaced; keys as in the stack file. Stand-ins are in place of its secrets. */
export function devConfig(changes: Readonly<Record<string, unknown>> = {}): StackConfig {
  return parseConfig(withStandIns({ ...readStackFile("dev"), ...changes }), SYSTEMS);
}

type Values = Readonly<Record<string, unknown>>;

/** A stack's values with a stand-in for each secret that its file does not tell: the same one throughout a process. */
export function withStandIns(values: Values): Values {
  const secrets = untoldSecrets(values, SYSTEMS).map(
    (key) => [key, new Secret(standIn(key))] as const,
  );
  return { ...values, ...Object.fromEntries(secrets) };
}

const KEYS = secretKeys(SYSTEMS);
const standIns = new Map<string, string>();

/** The text that stands in for a secret throughout the process. */
export function standIn(key: string): string {
  const known = standIns.get(key);
  if (known !== undefined) return known;
  const made =
    KEYS.get(key)?.secret.kind === "text" ? `a-secret-that-stands-in-of-${key}` : rsaPrivateKey();
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
const bundleOnce: BundleOf = (role, options) => {
  const key = JSON.stringify([role, options]);
  const made = bundles.get(key) ?? bundle(role, options);
  bundles.set(key, made);
  return made;
};

const recordings = new Map<string, Promise<Recording<StackConfig>>>();

/** The dev stack with some values replaced, recorded once in a process for each of them, and never to be changed. */
export function recorded(changes: Values = {}): Promise<Recording<StackConfig>> {
  const key = JSON.stringify(changes, revealed);
  const known = recordings.get(key) ?? recordedNow(changes);
  recordings.set(key, known);
  return known;
}

/** A replacer: JSON asks a secret for its text in public before it asks for this one. */
function revealed(this: Values, name: string, value: unknown): unknown {
  const original = this[name];
  return original instanceof Secret ? { secret: original.reveal() } : value;
}

async function recordedNow(changes: Values): Promise<Recording<StackConfig>> {
  const recording = await record(devConfig(changes), "dev", bundleOnce);
  frozen(recording.registrations);
  return recording;
}

/** What is declared then, as the local cloud runs it. */
export async function declaredFor(changes: Values = {}): Promise<Declared> {
  return completed(declared(await recorded(changes)), bundleOnce);
}

/** Whoever changes what several tests read is told so at once. */
function frozen(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.values(Object.freeze(value)).forEach(frozen);
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
