/** What can be wrong with a stack's config, in sentences: key, what was found, how to fix it. */
import type * as v from "valibot";

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
  /** The command that mends it; by default the one that sets the value. */
  readonly fix?: string;
}

/** The sentence of a problem. */
export function sentence({ path, found, rule, value, fix }: Problem): string {
  const word = /([A-Za-z]+)(?:\[\d+\])?$/.exec(path)?.[1] ?? path;
  const example = value ?? EXAMPLES[word] ?? "VALUE";
  const what = found === undefined || found === "" ? "is not set" : `is ${shown(found)}`;
  return `switchyard:${path} ${what}; it ${rule}. Fix: ${fix ?? setCommand(LISTS[path] ?? path, example)}`;
}

function setCommand(path: string, value: string): string {
  const isNested = /[[.]/.test(path);
  return isNested
    ? `pulumi config set --path '${path}' ${value}`
    : `pulumi config set ${path} ${value}`;
}

const MAX_SHOWN_CHARACTERS = 80;

function shown(found: unknown): string {
  if (isEncrypted(found)) return "encrypted";
  const json = JSON.stringify(found);
  return json.length > MAX_SHOWN_CHARACTERS ? `${json.slice(0, MAX_SHOWN_CHARACTERS)}…` : json;
}

/** A secret as stack files hold it; only Pulumi can read it. */
function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

/** The sentences of what a schema refused. */
export function problemsOf(issues: readonly v.BaseIssue<unknown>[]): string[] {
  return issues.map((issue) => {
    const path = pathOf(issue);
    if (issue.type === "strict_object" && issue.expected === "never") {
      const remove = /[[.]/.test(path) ? `--path '${path}'` : path;
      return `switchyard:${path} is not known; it must be a key that Pulumi.yaml describes. Fix: pulumi config rm ${remove}`;
    }
    if (path === "projectNumber" && typeof issue.input === "number") {
      return sentence({ path, found: issue.input, rule: issue.message, value: `"${issue.input}"` });
    }
    const isShape = issue.type === "strict_object" || issue.type === "object";
    return sentence({ path, found: issue.input, rule: isShape ? shapeRule(issue) : issue.message });
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
