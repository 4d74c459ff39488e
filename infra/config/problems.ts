/** What can be wrong with a stack's config, in sentences: where, key, what was found, how to fix it. */
import type * as v from "valibot";
import type { Problem } from "./errors.ts";
import { configCommand, fieldsOf, keyArgument, settingOf, valueArgument } from "./fixes.ts";
import { plainKeys, type Keys } from "./key.ts";
import { fullKey, NAMESPACE, OTHER_NAMESPACES, placeOf, type Origin } from "./origin.ts";
import { nearest } from "./nearest.ts";
import { isEncrypted } from "./secrets.ts";

/** The sentence of a problem, and below it the line to write and the command that writes it. */
export function sentence(problem: Problem, origin: Origin, keys: Keys): string {
  const { path, found, rule, value, remove } = problem;
  const what = found === undefined || found === "" ? "is not set" : `is ${shown(found)}`;
  const said = `${placeOf(path, origin)}${fullKey(path)} ${what}; it ${rule}.`;
  if (remove !== undefined) return withFix(said, "remove it", removal(remove, origin));
  const setting = settingOf(path, keys, value);
  const rest = `${keyArgument(setting.path)} ${valueArgument(setting.value)}`;
  return withFix(said, setting.line, configCommand("set", origin.stack, rest));
}

function withFix(said: string, inFile: string, command: string): string {
  return `${said}\nFix: ${inFile}\nor:  ${command}`;
}

function removal(path: string, { stack }: Origin): string {
  return configCommand("rm", stack, keyArgument(path));
}

const MAX_SHOWN_CHARACTERS = 80;

function shown(found: unknown): string {
  if (isEncrypted(found)) return "encrypted";
  const json = JSON.stringify(found);
  return json.length > MAX_SHOWN_CHARACTERS ? `${json.slice(0, MAX_SHOWN_CHARACTERS)}…` : json;
}

/** The sentences of what a schema refused. `keys`: all that there are. */
export function problemsOf(
  issues: readonly v.BaseIssue<unknown>[],
  origin: Origin,
  keys: Keys,
): string[] {
  return issues.map((issue) => {
    const path = pathOf(issue);
    const found = issue.input;
    const isUnknown = issue.type === "strict_object" && issue.expected === "never";
    if (isUnknown) return unknownKey(path, origin, keys);
    const isShape = issue.type === "strict_object" || issue.type === "object";
    const rule = isShape ? shapeRule(issue) : issue.message;
    return sentence({ path, found, rule, value: intended(path, found, keys) }, origin, keys);
  });
}

/** What a wrong value most likely means. */
function intended(path: string, found: unknown, keys: Keys): string | undefined {
  const [, name, entry] = /^(\w+)(\[\d+\])?$/.exec(path) ?? [];
  const [, key] = plainKeys(keys).find(([each]) => each === name) ?? [];
  if (entry !== undefined) return nearest(String(found), key?.words ?? []);
  return key?.isQuoted && typeof found === "number" ? String(found) : undefined;
}

/** The sentence of a key that nobody reads. */
export function unknownKey(path: string, origin: Origin, keys: Keys): string {
  const said = `${placeOf(path, origin)}${fullKey(path)} is not known`;
  const meant = path.includes(":") ? meantElsewhere(path, keys) : meantHere(path, keys);
  const command = removal(path, origin);
  if (meant === undefined) {
    const rule = "it must be a key that Pulumi.yaml describes";
    return withFix(`${said}; ${rule}.`, "remove it", command);
  }
  return withFix(`${said}; did you mean ${meant}?`, `write ${meant} in its place`, command);
}

function meantHere(path: string, keys: Keys): string | undefined {
  const key = path.slice(path.lastIndexOf(".") + 1);
  if (key !== path) return nearest(key, Object.keys(fieldsOf(path, keys)));
  const meant = nearest(key, Object.keys(keys));
  return meant && fullKey(meant);
}

/** Of a key with a namespace that is none. */
function meantElsewhere(path: string, keys: Keys): string | undefined {
  const [namespace = "", key = ""] = path.split(/:(.*)/s);
  const meant = nearest(namespace, [NAMESPACE, ...OTHER_NAMESPACES]);
  if (meant !== undefined && meant !== NAMESPACE) return `${meant}:${key}`;
  return meantHere(key, keys) ?? (meant && fullKey(key));
}

function shapeRule(issue: v.BaseIssue<unknown>): string {
  return issue.received === "undefined" ? "must be set" : "must be a group of keys";
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? [])
    .map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
