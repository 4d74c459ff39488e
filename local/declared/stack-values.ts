/**
 * A stack's values with its secrets filled in, for which no passphrase is needed: what `--secret` says, then what
 * `.env.local` says, then a generated stand-in for what is encrypted or required.
 */
import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { ConfigError } from "../../infra/config/errors.ts";
import { Secret } from "../../infra/secret.ts";
import type { SecretKey } from "../../infra/config/key.ts";
import type { Parts } from "../../infra/config/part.ts";
import { secretKeys, untoldSecrets } from "../../infra/config/secrets.ts";
import { readStackFile } from "../../infra/config/stack-file.ts";
import { PROJECT_FOLDER } from "../run-folder.ts";
import { ENV_FILE, readEnvFile } from "./env-file.ts";
import type { KnownSecrets, SecretTexts } from "./secrets.ts";

export interface StackValues {
  /** For `parseConfig`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The stand-ins among them. */
  readonly standIns: SecretTexts;
}

const PROBLEMS = "The secrets of this machine have problems:";

/** `systems`: those that there are. Throws a ConfigError for an unreadable stack file, for `--secret` of an unknown key, and for a value that will not do. */
export async function stackValues(
  stack: string,
  known: KnownSecrets,
  systems: Parts,
  root: string = PROJECT_FOLDER,
): Promise<StackValues> {
  const values = readStackFile(stack, root);
  const keys = secretKeys(systems);
  const told = toldSecrets(known.given, keys, root);
  const untold = untoldSecrets(values, systems).filter((name) => !told.has(name));
  const standIns = new Map<string, string>();
  await Promise.all(
    untold.map(async (name) => {
      const kind = keys.get(name)?.secret.kind ?? "text";
      standIns.set(name, known.standIns[name] ?? (await standIn(kind)));
    }),
  );
  // A plain text in the stack's file stays, to be refused: a value from elsewhere would hide it.
  const replaceable = [...told, ...standIns].filter(([key]) => !isPlainText(values[key]));
  const secrets = replaceable.map(([key, text]) => [key, new Secret(text)] as const);
  return {
    values: { ...values, ...Object.fromEntries(secrets) },
    standIns: Object.fromEntries(standIns),
  };
}

/** A value that will do for a key of this kind, made up. */
export async function standIn(kind: SecretKey["secret"]["kind"]): Promise<string> {
  if (kind === "text") return randomBytes(32).toString("hex");
  const { privateKey } = await promisify(generateKeyPair)("rsa", RSA);
  return privateKey;
}

/** The form in which GitHub hands out an App's key. */
const RSA = {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
} as const;

function toldSecrets(
  given: SecretTexts,
  keys: ReadonlyMap<string, SecretKey>,
  root: string,
): Map<string, string> {
  const noSuchKey = `there is no such secret key; there are ${[...keys.keys()].join(", ")}.`;
  const unknown = Object.keys(given).filter((name) => !keys.has(name));
  if (unknown.length > 0) {
    const problems = unknown.map((name) => `--secret ${name}: ${noSuchKey}`);
    throw new ConfigError("The secrets of the command line have problems:", problems);
  }
  const { values: ofFile, problems: unreadable } = readEnvFile(root);
  // Lines of a key without its quotes look like keys themselves, and are not to be shown.
  if (unreadable.length > 0) throw new ConfigError(PROBLEMS, unreadable);
  const told = new Map<string, string>();
  // A misspelt key would leave its owner with a generated value.
  const problems = Object.keys(ofFile)
    .filter((name) => !keys.has(name))
    .map((name) => `${name} in ${ENV_FILE}: ${noSuchKey}`);
  for (const [name, { secret }] of keys) {
    const text = given[name] ?? ofFile[name];
    if (text === undefined) continue;
    told.set(name, text);
    if (secret.read(text) !== undefined) continue;
    const where = name in given ? `--secret ${name}` : `${name} in ${ENV_FILE}`;
    problems.push(`${where} has a value that will not do; it ${secret.rule}.`);
  }
  if (problems.length === 0) return told;
  throw new ConfigError(PROBLEMS, problems);
}

function isPlainText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
