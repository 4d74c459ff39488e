/**
 * Values that hold secrets, sent to another thread and compared. A cloned `Secret` is an empty object, and two different
 * ones print alike, so neither may be left to chance.
 */
import { createHash } from "node:crypto";
import { Secret } from "../../infra/secret.ts";

/** In place of a secret. No item of a program has such a key. */
const SENT = "switchyard:secret";

/** The same with every secret spelled out, for a thread of this process. */
export function sealed(value: unknown): unknown {
  return mapped(value, (secret) => ({ [SENT]: secret.reveal() }));
}

/** What was sealed. */
export function unsealed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unsealed);
  if (SENT in value) return new Secret(String(value[SENT]));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unsealed(each)]));
}

/** Tells whether two values are the same, secrets included, in whatever order their keys are; shows no secret. */
export function fingerprint(value: unknown): string {
  const hashed = mapped(value, (secret) => ({ [SENT]: hashOf(secret.reveal()) }));
  return JSON.stringify(hashed, (_, each: unknown) => (isObject(each) ? sorted(each) : each));
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function mapped(value: unknown, of: (secret: Secret) => unknown): unknown {
  if (value instanceof Secret) return of(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => mapped(each, of));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, of)]));
}
