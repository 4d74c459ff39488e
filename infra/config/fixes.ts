/** What a person may write to mend a stack's config, in its file and in a command, as it is to be typed here. */
import { stringify } from "yaml";
import { isSecret, type Example, type Fields, type Keys, type PlainKey } from "./key.ts";
import { NAMESPACE } from "./origin.ts";

/** `rest`: what follows, such as `region us-central1`. `npm run pulumi` runs the program with the project's own Node. */
export function configCommand(verb: "set" | "rm", stack: string, rest: string): string {
  return `npm run pulumi -- config ${verb} -s ${stack} ${rest}`;
}

/** A key as such a command names it; `workers[0].name` is no key but the path of one. */
export function keyArgument(path: string): string {
  return /[[.]/.test(path) ? `--path '${path}'` : path;
}

/** A value as such a command names it. */
export function valueArgument(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

export interface Setting {
  /** As the stack's file says it. */
  readonly line: string;
  /** The path and the value of `config set`. */
  readonly path: string;
  readonly value: string;
}

/** How to set what a path names, by default to an example. */
export function settingOf(path: string, keys: Keys, given?: Example): Setting {
  const [, word = path, index] = /([A-Za-z]+)(\[\d+\])?$/.exec(path) ?? [];
  const known = path.includes(".") ? fieldsOf(path, keys)[word] : plainKey(word, keys);
  const whole = known?.part ?? "";
  const part = index === undefined ? whole : whole.replace(/^\[0\]/, "");
  const value = given ?? known?.example ?? "VALUE";
  const written = inFlow(part, value);
  const isTop = !/[[.]/.test(path);
  return {
    line:
      index === undefined
        ? `${isTop ? `${NAMESPACE}:` : ""}${keyOf(path)}: ${written}`
        : `- ${written}`,
    path: `${path}${part}`,
    value: String(value),
  };
}

/** What the entries of the list may say that a path leads into: of `workers[0].queue`, the fields of a worker. */
export function fieldsOf(path: string, keys: Keys): Fields {
  const [key = ""] = /^\w+/.exec(path) ?? [];
  return plainKey(key, keys)?.fields ?? {};
}

function plainKey(name: string, keys: Keys): PlainKey | undefined {
  const key = keys[name];
  return isSecret(key) ? undefined : key;
}

/** A value within the list or the group that it is a part of: `[{ name: brain }]`. */
function inFlow(part: string, value: Example): string {
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  const key = /\.(.+)$/.exec(part)?.[1];
  const member = key === undefined ? plain : `{ ${key}: ${plain} }`;
  return part.startsWith("[") ? `[${member}]` : member;
}

function keyOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
