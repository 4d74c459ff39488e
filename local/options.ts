/** What can be said on the command line of `npm run local`. */
import { resolve } from "node:path";
import { readArguments, UsageError } from "../infra/commands/arguments.ts";
import { valueOrContent } from "./declared/env-file.ts";
import type { IamMode } from "./iam/authorize.ts";

export const HELP = `Runs the whole platform on this machine, with the declared IAM enforced.

  npm run local -- [options]

  --stack NAME       the stack to run, from Pulumi.NAME.yaml (default: dev)
  --port PORT        port of the first entry point, the others follow it; 0 picks free ones (default: 8080)
  --iam MODE         enforce: refuse what is not declared (default)
                     report:  allow it, and list it at the end with what is granted but never used
                     off:     ask nobody
  --worker NAME=URL  let a program of yours answer for a worker, for example brain=http://127.0.0.1:9000;
                     token, audience and run.invoker are checked before it is called; may be repeated
  --repository FOLDER
                     serve a folder as a repository of the stand-in GitHub, with the stack's GitHub App installed: of a
                     git repository the commits are followed, of any other folder the saved files; the folder is
                     never changed. OWNER/NAME=FOLDER names it, for example acme/infra=../infra; may be repeated
  --secret KEY=VALUE a secret of the stack's config, for example githubWebhookSecret=...; KEY=@FILE reads a file, so that
                     no list of processes shows it; may be repeated. Otherwise a line of .env.local says it, in
                     the same two forms (FILE from the project's folder), or a generated one stands in
  --dedup-window S   how many seconds a task's name stays taken after its task is gone (default: 3600)
  --no-watch         do not take changed files into use
  --quiet            print warnings and errors only
  --json             print one JSON object a line, the first {"event":"ready",…}
  --help             this text

Stop it with Ctrl-C.`;

export interface LocalOptions {
  readonly stack: string;
  /** 0: any free ones. */
  readonly port: number;
  readonly iam: IamMode;
  /** Worker's name → base URL of a program on this machine. */
  readonly forwards: ReadonlyMap<string, URL>;
  /** Folders to serve as repositories, in the order given; the name is undefined where the folder's own will do. */
  readonly repositories: readonly RepositoryOption[];
  /** Secret key → value. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly dedupWindowSeconds: number;
  readonly isWatching: boolean;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
}

export interface RepositoryOption {
  /** `acme/infra` */
  readonly fullName: string | undefined;
  /** Absolute. */
  readonly folder: string;
}

const IAM_MODES: readonly string[] = ["off", "report", "enforce"] satisfies IamMode[];
const MAX_PORT = 65535;
/** Nine days, the longest that Google keeps a name. Source: google/cloud/tasks/v2beta3/queue.proto, tombstone_ttl. */
const MAX_DEDUP_SECONDS = 9 * 24 * 3600;

/** The options of a command line; undefined where help is asked for. Throws a UsageError. */
export function parseOptions(args: readonly string[]): LocalOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const iam = values.iam;
  if (!isIamMode(iam)) {
    throw new UsageError(`--iam is ${IAM_MODES.join(", ")}; "${iam}" is none of them.`);
  }
  return {
    stack: values.stack,
    port: numberOf("--port", values.port, 0, MAX_PORT),
    iam,
    forwards: new Map(values.worker.map(forwardOf)),
    repositories: values.repository.map(repositoryOf),
    secrets: new Map(values.secret.map(secretOf)),
    dedupWindowSeconds: numberOf("--dedup-window", values["dedup-window"], 0, MAX_DEDUP_SECONDS),
    isWatching: !values["no-watch"],
    isQuiet: values.quiet,
    isJson: values.json,
  };
}

function parse(args: readonly string[]) {
  return readArguments(args, {
    options: {
      stack: { type: "string", default: "dev" },
      port: { type: "string", default: "8080" },
      iam: { type: "string", default: "enforce" },
      worker: { type: "string", multiple: true, default: [] },
      repository: { type: "string", multiple: true, default: [] },
      secret: { type: "string", multiple: true, default: [] },
      "dedup-window": { type: "string", default: "3600" },
      "no-watch": { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}

function numberOf(option: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`${option} is a number from ${min} to ${max}; "${text}" is not.`);
}

function isIamMode(text: string): text is IamMode {
  return IAM_MODES.includes(text);
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

function forwardOf(text: string): [string, URL] {
  const [name = "", target = ""] = text.split(/=(.*)/s);
  const url = URL.parse(target);
  if (name === "" || url?.protocol !== "http:" || !LOOPBACK.has(url.hostname)) {
    throw new UsageError(
      `--worker is NAME=URL with an http URL on this machine, like brain=http://127.0.0.1:9000; "${text}" is not.`,
    );
  }
  return [name, url];
}

/** docs.github.com/rest/repos/repos names no rule; these are the characters that GitHub keeps in a name. */
const FULL_NAME = /^[A-Za-z\d][A-Za-z\d-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/;

function repositoryOf(text: string): RepositoryOption {
  const [, name, path = text] = /^([^/=]+\/[^/=]+)=(.*)$/s.exec(text) ?? [];
  if (path === "" || (name !== undefined && !FULL_NAME.test(name))) {
    throw new UsageError(
      `--repository is FOLDER or OWNER/NAME=FOLDER, like acme/infra=../infra; "${text}" is not.`,
    );
  }
  // npm has changed to the project's folder, and says where the person is.
  return { fullName: name, folder: resolve(process.env.INIT_CWD ?? ".", path) };
}

/** What is wrong with it is said without it: where the name is forgotten, the whole of it is the secret. */
function secretOf(text: string): [string, string] {
  const [key = "", value = ""] = text.split(/=(.*)/s);
  if (key === text || key === "" || value === "") {
    throw new UsageError("--secret is KEY=VALUE or KEY=@FILE, and one that was given is not.");
  }
  try {
    // npm has changed to the project's folder, and says where the person is.
    return [key, valueOrContent(value, process.env.INIT_CWD ?? ".")];
  } catch (error) {
    const { code = "unreadable" } = error as NodeJS.ErrnoException;
    throw new UsageError(`--secret ${key}=${value}: the file cannot be read (${code}).`);
  }
}
