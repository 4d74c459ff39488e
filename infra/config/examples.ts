/** What a person may write for a key that is wrong or missing, in the stack's file and in a command. */
import { stringify } from "yaml";
import { NAMESPACE } from "./origin.ts";

type Example = string | number | boolean;

/** A value that would do, by key. A list's and a group's is one of its parts. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  project: "my-project",
  projectNumber: "123456789012",
  region: "us-central1",
  developer: "you@example.com",
  systems: "enqueuer",
  operators: "user:you@example.com",
  protectData: true,
  enqueuerName: "enqueuer",
  enqueuerPublic: false,
  enqueuerCallers: "user:you@example.com",
  enqueuerTokenCreator: false,
  enqueuerMaxBodyBytes: 102400,
  workers: "brain",
  githubAppId: "123456",
  githubApiBaseUrl: "https://api.github.com",
  planMaxInstances: 10,
  planMemory: "4Gi",
  planCpu: 2,
  planReaders: "user:you@example.com",
  planRetentionDays: 30,
  planEnvironment: "europe-west1",
  planProviders: "hashicorp/google@7.9.0",
  planProvidersStrict: false,
  planAllowedProviders: "hashicorp/*",
  planAllowedPlaces: "gcs:acme-state-*",
  planExecutorRoles: "roles/compute.viewer",
  planTokenCreator: false,
  tofuVersion: "1.12.6",
  tofuSha256: "50a6106fa4de523d09c87af85f3db1dd47535fc005727fdca6852146476b88ec",
};

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

/** The part of a list or a group of which the example is. */
const PARTS: Readonly<Record<string, string>> = {
  systems: "[0]",
  operators: "[0]",
  enqueuerCallers: "[0]",
  workers: "[0].name",
  planReaders: "[0]",
  planEnvironment: ".TF_VAR_region",
  planProviders: "[0]",
  planAllowedProviders: "[0]",
  planAllowedPlaces: "[0]",
  planExecutorRoles: "[0]",
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
  const part = isWorker ? ".name" : index === undefined ? (PARTS[word] ?? "") : "";
  const value = given ?? (path.includes(".") ? WORKER_EXAMPLES : EXAMPLES)[word] ?? "VALUE";
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
