/** What a person may write for a key that is wrong or missing, in the stack's file and in a command. */
import { stringify } from "yaml";
import type { Example, Keys } from "./key.ts";
import { KEYS } from "./keys.ts";
import { NAMESPACE } from "./origin.ts";

/** The same of an entry of `workers`. */
export const WORKER_EXAMPLES: Readonly<Record<string, Example>> = {
  name: "brain",
  queue: "queue-brain",
  deadlineSeconds: 600,
  timeoutSeconds: 600,
  path: "/process",
  url: "https://brain-123456789012.us-central1.run.app/process",
  service: "brain",
  region: "us-central1",
  audience: "https://brain-123456789012.us-central1.run.app",
  rateLimits: 5,
  maxDispatchesPerSecond: 5,
  maxConcurrentDispatches: 50,
  retry: 100,
  maxAttempts: 100,
  maxDoublings: 16,
  minBackoffSeconds: 1,
  maxBackoffSeconds: 3600,
  maxRetryDurationSeconds: 0,
  loggingSamplingRatio: 1,
};

const keys: Keys = KEYS;

/** The part of a group of a worker of which the example is. */
const WORKER_PARTS: Readonly<Record<string, string>> = {
  rateLimits: ".maxDispatchesPerSecond",
  retry: ".maxAttempts",
};

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
  const isWorker = word === "workers" && index !== undefined;
  const part = isWorker ? ".name" : index === undefined ? partOf(word, path) : "";
  const value =
    given ?? (path.includes(".") ? WORKER_EXAMPLES[word] : keys[word]?.example) ?? "VALUE";
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

function partOf(word: string, path: string): string {
  return (path.includes(".") ? WORKER_PARTS[word] : keys[word]?.part) ?? "";
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
