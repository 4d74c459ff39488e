/** What a person may write for a key that is wrong or missing, in the stack's file and in a command. */
import { stringify } from "yaml";
import type { Example, Fields, Keys } from "./key.ts";
import { KEYS } from "./keys.ts";
import { NAMESPACE } from "./origin.ts";

const keys: Keys = KEYS;

export interface Setting {
  /** As the stack's file says it. */
  readonly line: string;
  /** The path and the value of `config set`. */
  readonly path: string;
  readonly value: string;
}

/** How to set what a path names, by default to an example. */
export function settingOf(path: string, given?: Example): Setting {
  const [, word = path, index] = /([A-Za-z]+)(\[\d+\])?$/.exec(path) ?? [];
  const known = path.includes(".") ? fieldsOf(path)[word] : keys[word];
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
export function fieldsOf(path: string): Fields {
  const [key = ""] = /^\w+/.exec(path) ?? [];
  return keys[key]?.fields ?? {};
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
