/**
 * A stack's values with its secrets filled in, for which no passphrase is needed: what `--secret` says, then what
 * `.env.local` says, then a generated stand-in for what is encrypted or required.
 */
import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { ConfigError } from "../../infra/config/errors.ts";
import { Secret } from "../../infra/secret.ts";
import {
  isSecretKey,
  SECRET_KEY_NAMES,
  SECRET_KEYS,
  untoldSecrets,
} from "../../infra/config/secret-keys.ts";
import type { SecretKey } from "../../infra/config/secret-keys.ts";
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

const NO_SUCH_KEY = `there is no such secret key; there are ${SECRET_KEY_NAMES.join(", ")}.`;

/** Throws a ConfigError for an unreadable stack file, for `--secret` of an unknown key, and for a value that will not do. */
export async function stackValues(
  stack: string,
  known: KnownSecrets,
  root: string = PROJECT_FOLDER,
): Promise<StackValues> {
  const values = readStackFile(stack, root);
  const told = toldSecrets(known.given, root);
  const untold = untoldSecrets(values).filter((key) => !told.has(key));
  const standIns = new Map<SecretKey, string>();
  await Promise.all(
    untold.map(async (key) => {
      standIns.set(key, known.standIns[key] ?? (await standIn(key)));
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

/** A value that will do for a key, made up. */
export async function standIn(key: SecretKey): Promise<string> {
  if (SECRET_KEYS[key].kind === "text") return randomBytes(32).toString("hex");
  const { privateKey } = await promisify(generateKeyPair)("rsa", RSA);
  return privateKey;
}

/** The form in which GitHub hands out an App's key. */
const RSA = {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
} as const;

function toldSecrets(given: SecretTexts, root: string): Map<SecretKey, string> {
  const unknown = Object.keys(given).filter((key) => !isSecretKey(key));
  if (unknown.length > 0) {
    const problems = unknown.map((key) => `--secret ${key}: ${NO_SUCH_KEY}`);
    throw new ConfigError("The secrets of the command line have problems:", problems);
  }
  const { values: ofFile, problems: unreadable } = readEnvFile(root);
  // Lines of a key without its quotes look like keys themselves, and are not to be shown.
  if (unreadable.length > 0) throw new ConfigError(PROBLEMS, unreadable);
  const told = new Map<SecretKey, string>();
  // A misspelt key would leave its owner with a generated value.
  const problems = Object.keys(ofFile)
    .filter((key) => !isSecretKey(key))
    .map((key) => `${key} in ${ENV_FILE}: ${NO_SUCH_KEY}`);
  for (const key of SECRET_KEY_NAMES) {
    const text = given[key] ?? ofFile[key];
    if (text === undefined) continue;
    told.set(key, text);
    if (SECRET_KEYS[key].read(text) !== undefined) continue;
    const where = key in given ? `--secret ${key}` : `${key} in ${ENV_FILE}`;
    problems.push(`${where} has a value that will not do; it ${SECRET_KEYS[key].rule}.`);
  }
  if (problems.length === 0) return told;
  throw new ConfigError(PROBLEMS, problems);
}

function isPlainText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
