/** Whose config it is, and where its file says what: for messages that a person can act on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { placesIn } from "./yaml-lines.ts";

/** The project's name in Pulumi.yaml, before every key of ours. */
export const NAMESPACE = "switchyard";

/** Whose keys Pulumi and its provider read besides ours. */
export const OTHER_NAMESPACES: readonly string[] = ["gcp", "pulumi"];

export interface Origin {
  /** The stack's name. */
  readonly stack: string;
  /**
   * The line, from 1, that says a key, `workers[1].path`, or the innermost part of it that is said. Undefined where the
   * file says nothing of it.
   */
  readonly lineOf: (path: string) => number | undefined;
}

/** Of values that come from no file; `STACK` stands for the name. */
export const NO_FILE: Origin = { stack: "STACK", lineOf: () => undefined };

const ROOT = join(import.meta.dirname, "../..");

export function stackFile(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/** Where something is said: `Pulumi.dev.yaml:4: `, as terminals and editors open it. */
export function placeOf(path: string, { stack, lineOf }: Origin): string {
  const line = lineOf(path);
  return `${stackFile(stack)}${line === undefined ? "" : `:${line}`}: `;
}

/** A key as the file says it; one of another namespace has it in front. */
export function fullKey(path: string): string {
  return path.includes(":") ? path : `${NAMESPACE}:${path}`;
}

/**
 * The config as it is checked, from all keys of a stack: ours without their namespace, which Pulumi lets a file leave
 * out, and those that nobody reads, to be refused. Source: pulumi/pulumi, sdk/go/common/workspace/loaders.go.
 */
export function ourValues(
  entries: readonly (readonly [key: string, value: unknown])[],
): Record<string, unknown> {
  const others = OTHER_NAMESPACES.map((namespace) => `${namespace}:`);
  const prefix = `${NAMESPACE}:`;
  const kept = entries
    .filter(([key]) => !others.some((other) => key.startsWith(other)))
    .map(([key, value]) => [key.startsWith(prefix) ? key.slice(prefix.length) : key, value]);
  return Object.fromEntries(kept) as Record<string, unknown>;
}

/** The file is read when the first line is asked for, which is when something is wrong. */
export function originOf(stack: string, root: string = ROOT): Origin {
  let find: Origin["lineOf"] | undefined;
  return { stack, lineOf: (path) => (find ??= linesIn(join(root, stackFile(stack))))(path) };
}

function linesIn(file: string): Origin["lineOf"] {
  const find = placesIn(readIfThere(file));
  return (path) => {
    const [key = "", ...steps] = stepsOf(path);
    const places = [`${NAMESPACE}:${key}`, key].map((name) => find(["config", name, ...steps]));
    // Less far is only `config` itself.
    return places.find((place) => place.steps > 1)?.line;
  };
}

/** A stack may lie elsewhere, or in the hands of Pulumi alone. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** `workers[1].path` → `workers`, 1, `path` */
function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([word, index]) =>
    index === undefined ? word : Number(index),
  );
}
