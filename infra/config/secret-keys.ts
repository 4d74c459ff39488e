/** The secret keys of a stack's config: which there are, who needs them, what they must be. No sentence shows a value. */
import { createPrivateKey } from "node:crypto";
import { configCommand } from "./command.ts";
import { fullKey, NO_FILE, placeOf, type Origin } from "./origin.ts";
import { Secret } from "../secret.ts";

interface SecretKeyRules {
  /** Systems that cannot do without it. */
  readonly requiredBy: readonly string[];
  /** What it is, for whoever makes one up. */
  readonly kind: "text" | "rsaPrivateKey";
  /** What it must be, as the end of a sentence. */
  readonly rule: string;
  /** What follows `config set --secret`; without a value Pulumi asks for one, so that no shell remembers it. */
  readonly set: string;
  /** The value as the program uses it; undefined where it is no good. */
  readonly read: (text: string) => string | undefined;
}

/** GitHub asks for "a random string of text with high entropy" and sets no length. */
const MIN_WEBHOOK_SECRET_CHARACTERS = 16;

export const SECRET_KEYS = {
  githubWebhookSecret: {
    requiredBy: ["plan-runner"],
    kind: "text",
    rule: `must have at least ${MIN_WEBHOOK_SECRET_CHARACTERS} characters`,
    set: "githubWebhookSecret",
    read: (text) => (text.length < MIN_WEBHOOK_SECRET_CHARACTERS ? undefined : text),
  },
  githubAppPrivateKey: {
    requiredBy: ["plan-runner"],
    kind: "rsaPrivateKey",
    rule: "must be an RSA private key in PEM form, as GitHub hands it out for an App",
    set: "githubAppPrivateKey < app.private-key.pem",
    read: rsaPrivateKey,
  },
} as const satisfies Readonly<Record<string, SecretKeyRules>>;

export type SecretKey = keyof typeof SECRET_KEYS;

export const SECRET_KEY_NAMES = Object.keys(SECRET_KEYS) as readonly SecretKey[];

type Values = Readonly<Record<string, unknown>>;

export function isSecretKey(key: string): key is SecretKey {
  return Object.hasOwn(SECRET_KEYS, key);
}

/** The secrets that these systems cannot do without. */
export function requiredSecrets(systems: readonly unknown[]): readonly SecretKey[] {
  return SECRET_KEY_NAMES.filter((key) => {
    const requiredBy: readonly unknown[] = SECRET_KEYS[key].requiredBy;
    return systems.some((system) => requiredBy.includes(system));
  });
}

/** The secrets that a stack's file does not tell: those that are encrypted, and those that are required and absent. */
export function untoldSecrets(values: Values): readonly SecretKey[] {
  const required = requiredBy(values);
  return SECRET_KEY_NAMES.filter(
    (key) => isEncrypted(values[key]) || (isAbsent(values[key]) && required.includes(key)),
  );
}

/** A stack's values for commands that look at no secret. */
export function withPlaceholders(values: Values): Values {
  const untold = untoldSecrets(values).map((key) => [key, Secret.PLACEHOLDER] as const);
  return { ...values, ...Object.fromEntries(untold) };
}

/** Every secret key with its value, which is empty where there is none and none is required; and all that is wrong. */
export function readSecrets(
  values: Values,
  origin: Origin = NO_FILE,
): {
  readonly secrets: Readonly<Record<SecretKey, Secret>>;
  readonly problems: readonly string[];
} {
  const required = requiredBy(values);
  const problems: string[] = [];
  const read = (key: SecretKey): Secret => {
    const value = values[key];
    if (isAbsent(value)) {
      if (required.includes(key)) problems.push(sentence(key, "is not set", origin));
      return new Secret("");
    }
    if (!(value instanceof Secret)) {
      const how = isEncrypted(value) ? "is encrypted, and cannot be read here" : "is in plain text";
      problems.push(sentence(key, how, origin));
      return new Secret("");
    }
    if (value.isPlaceholder) return value;
    const text = SECRET_KEYS[key].read(value.reveal());
    if (text === undefined) problems.push(sentence(key, "has a value that will not do", origin));
    return new Secret(text ?? "");
  };
  const entries = SECRET_KEY_NAMES.map((key) => [key, read(key)] as const);
  return { secrets: Object.fromEntries(entries) as Record<SecretKey, Secret>, problems };
}

function sentence(key: SecretKey, how: string, origin: Origin): string {
  const { rule, set } = SECRET_KEYS[key];
  const fix = configCommand("set", origin.stack, `--secret ${set}`);
  const said = `${placeOf(key, origin)}${fullKey(key)} ${how}; it ${rule}, and be a secret.`;
  return `${said}\nFix: ${fix}`;
}

function requiredBy({ systems }: Values): readonly SecretKey[] {
  return requiredSecrets(Array.isArray(systems) ? systems : []);
}

/** As `default` of Pulumi.yaml says it too. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === "";
}

/** As stack files hold it; only Pulumi can read it. */
export function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

/** The key with real line breaks, also where `\n` was written out, as variables of a shell often have it. */
function rsaPrivateKey(text: string): string | undefined {
  const pem = text.replaceAll("\\n", "\n");
  try {
    return createPrivateKey(pem).asymmetricKeyType === "rsa" ? pem : undefined;
  } catch {
    return undefined;
  }
}
