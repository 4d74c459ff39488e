/** What can be said on the command line of `npm run local`. */
import { readArguments, UsageError } from "../../infra/commands/arguments.ts";
import { valueOrContent } from "../declared/env-file.ts";
import { outsideHostsOf } from "../outside-hosts.ts";
import type { OwnProgram } from "../own-program.ts";
import type { IamMode } from "../iam/authorize.ts";
import { FLAGS, FLAGS_HELP, GOOGLE_HOSTS, settingsOf, type Settings } from "../systems/settings.ts";
import { FIRST_PORT } from "./ports.ts";

export const HELP = `Runs the whole platform on this machine, with the declared IAM enforced.

  npm run local -- [options]

  --stack NAME       the stack to run, from Pulumi.NAME.yaml (default: dev)
  --port PORT        port of the first entry point, the others follow it; 0 picks free ones (default: ${FIRST_PORT})
  --iam MODE         enforce: refuse what is not declared (default)
                     report:  allow it, and list it at the end with what is granted but never used
                     off:     ask nobody
${FLAGS_HELP.join("\n")}
  --outside HOST=URL let a program of yours answer for a host of the outside world, in place of the stand-in, for
                     example api.github.com=http://127.0.0.1:9000; may be repeated
  --allow HOST       let requests to a host out to the real one, by HTTPS; may be repeated. What a role sends goes out
                     as it is, signed with made-up secrets where none were given; requests with a token of the local
                     cloud are held back
  --secret KEY=VALUE a secret of the stack's config, for example githubWebhookSecret=...; KEY=@FILE reads a file, so that
                     no list of processes shows it; may be repeated. Otherwise a line of .env.local says it, in
                     the same two forms (FILE from the project's folder), or a generated one stands in
  --dedup-window S   how many seconds a task's name stays taken after its task is gone (default: 3600)
  --no-watch         do not take changed files into use
  --quiet            print warnings and errors only
  --json             print one JSON object a line, the first {"event":"ready",…}, and begin nothing by itself
  --help             this text

Stop it with Ctrl-C.`;

export interface LocalOptions {
  readonly stack: string;
  /** 0: any free ones. */
  readonly port: number;
  readonly iam: IamMode;
  /** What was said of single systems. */
  readonly systems: Settings;
  /** Programs of the person's own in the place of outside hosts. */
  readonly outside: readonly OwnProgram[];
  /** Outside hosts that requests go out to. */
  readonly allow: readonly string[];
  /** Secret key → value. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly dedupWindowSeconds: number;
  readonly isWatching: boolean;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
}

const IAM_MODES: readonly string[] = ["off", "report", "enforce"] satisfies IamMode[];
const MAX_PORT = 65535;
/** Nine days, the longest that Google keeps a name. Source: google/cloud/tasks/v2beta3/queue.proto, tombstone_ttl. */
const MAX_DEDUP_SECONDS = 9 * 24 * 3600;

/** The options of a command line; undefined where help is asked for. Throws a UsageError. */
export function parseOptions(args: readonly string[]): LocalOptions | undefined {
  const { values } = parse(args);
  const ofSystems: Readonly<Record<string, unknown>> = values;
  if (values.help) return undefined;
  const iam = values.iam;
  if (!isIamMode(iam)) {
    throw new UsageError(`--iam is ${IAM_MODES.join(", ")}; "${iam}" is none of them.`);
  }
  return {
    stack: values.stack,
    port: numberOf("--port", values.port, 0, MAX_PORT),
    iam,
    systems: settingsOf((flag) => texts(ofSystems[flag])),
    ...outsideHostsOf(values.outside, values.allow, GOOGLE_HOSTS),
    secrets: new Map(values.secret.map(secretOf)),
    dedupWindowSeconds: numberOf("--dedup-window", values["dedup-window"], 0, MAX_DEDUP_SECONDS),
    isWatching: !values["no-watch"],
    isQuiet: values.quiet,
    isJson: values.json,
  };
}

const REPEATED = { type: "string", multiple: true, default: [] as string[] } as const;

function parse(args: readonly string[]) {
  return readArguments(args, {
    options: {
      stack: { type: "string", default: "dev" },
      port: { type: "string", default: String(FIRST_PORT) },
      iam: { type: "string", default: "enforce" },
      ...Object.fromEntries(FLAGS.map((flag) => [flag, REPEATED] as const)),
      outside: { type: "string", multiple: true, default: [] },
      allow: { type: "string", multiple: true, default: [] },
      secret: { type: "string", multiple: true, default: [] },
      "dedup-window": { type: "string", default: "3600" },
      "no-watch": { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}

function texts(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.map(String) : [];
}

function numberOf(option: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`${option} is a number from ${min} to ${max}; "${text}" is not.`);
}

function isIamMode(text: string): text is IamMode {
  return IAM_MODES.includes(text);
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
