/** What can be wrong with a stack's config, in sentences: key, what was found, how to fix it. */
import type * as v from "valibot";
import { configCommand, keyArgument } from "./config-command.ts";
import { isEncrypted } from "./secret-keys.ts";

/** A value that would do, by the last word of a key. */
const EXAMPLES: Readonly<Record<string, string>> = {
  project: "my-project",
  projectNumber: "123456789012",
  region: "us-central1",
  developer: "you@example.com",
  systems: "enqueuer",
  operators: "user:you@example.com",
  protectData: "true",
  enqueuerName: "enqueuer",
  enqueuerPublic: "false",
  enqueuerCallers: "user:you@example.com",
  enqueuerTokenCreator: "false",
  enqueuerMaxBodyBytes: "102400",
  workers: "brain",
  githubAppId: "123456",
  githubApiBaseUrl: "https://api.github.com",
  planMaxInstances: "10",
  planMemory: "4Gi",
  planCpu: "2",
  planReaders: "user:you@example.com",
  planRetentionDays: "30",
  planEnvironment: "europe-west1",
  planProviders: "hashicorp/google@7.9.0",
  planProvidersStrict: "false",
  planAllowedProviders: "'hashicorp/*'",
  planExecutorRoles: "roles/compute.viewer",
  planTokenCreator: "false",
  tofuVersion: "1.12.6",
  tofuSha256: "50a6106fa4de523d09c87af85f3db1dd47535fc005727fdca6852146476b88ec",
  name: "brain",
  queue: "queue-brain",
  deadlineSeconds: "600",
  timeoutSeconds: "600",
  path: "/process",
  url: "https://brain-123456789012.us-central1.run.app/process",
  service: "brain",
  audience: "https://brain-123456789012.us-central1.run.app",
  maxDispatchesPerSecond: "5",
  maxConcurrentDispatches: "50",
  maxAttempts: "100",
  maxDoublings: "16",
  minBackoffSeconds: "1",
  maxBackoffSeconds: "3600",
  maxRetryDurationSeconds: "0",
  loggingSamplingRatio: "1",
};

/** Lists are set one item at a time, a worker by its name. */
const LISTS: Readonly<Record<string, string>> = {
  systems: "systems[0]",
  operators: "operators[0]",
  enqueuerCallers: "enqueuerCallers[0]",
  workers: "workers[0].name",
  planReaders: "planReaders[0]",
  planEnvironment: "planEnvironment.TF_VAR_region",
  planProviders: "planProviders[0]",
  planAllowedProviders: "planAllowedProviders[0]",
  planExecutorRoles: "planExecutorRoles[0]",
};

/** One thing that is wrong. */
export interface Problem {
  /** `workers[1].deadlineSeconds` */
  readonly path: string;
  readonly found: unknown;
  /** What it must be. */
  readonly rule: string;
  /** A value to set; by default the key's example. */
  readonly value?: string;
  /** The key whose removal mends it; by default a value is to be set. */
  readonly remove?: string;
}

/** The sentence of a problem of a stack. */
export function sentence({ path, found, rule, value, remove }: Problem, stack: string): string {
  const word = /([A-Za-z]+)(?:\[\d+\])?$/.exec(path)?.[1] ?? path;
  const example = value ?? EXAMPLES[word] ?? "VALUE";
  const what = found === undefined || found === "" ? "is not set" : `is ${shown(found)}`;
  const fix =
    remove === undefined
      ? configCommand("set", stack, `${keyArgument(LISTS[path] ?? path)} ${example}`)
      : configCommand("rm", stack, keyArgument(remove));
  return `switchyard:${path} ${what}; it ${rule}. Fix: ${fix}`;
}

const MAX_SHOWN_CHARACTERS = 80;

function shown(found: unknown): string {
  if (isEncrypted(found)) return "encrypted";
  const json = JSON.stringify(found);
  return json.length > MAX_SHOWN_CHARACTERS ? `${json.slice(0, MAX_SHOWN_CHARACTERS)}…` : json;
}

/** Digits that are no number: without quotes YAML makes one of them. */
const QUOTED: readonly string[] = ["projectNumber", "githubAppId"];

/** The sentences of what a schema refused. */
export function problemsOf(issues: readonly v.BaseIssue<unknown>[], stack: string): string[] {
  return issues.map((issue) => {
    const path = pathOf(issue);
    if (issue.type === "strict_object" && issue.expected === "never") {
      const fix = configCommand("rm", stack, keyArgument(path));
      return `switchyard:${path} is not known; it must be a key that Pulumi.yaml describes. Fix: ${fix}`;
    }
    if (QUOTED.includes(path) && typeof issue.input === "number") {
      const value = `"${issue.input}"`;
      return sentence({ path, found: issue.input, rule: issue.message, value }, stack);
    }
    const isShape = issue.type === "strict_object" || issue.type === "object";
    const rule = isShape ? shapeRule(issue) : issue.message;
    return sentence({ path, found: issue.input, rule }, stack);
  });
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
