/** `npm run within`: any program inside the running local cloud, as an identity that is declared. */
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { clientEnvironment, isWithheld } from "../gateway/environment.ts";
import { DEVELOPER } from "../identity/metadata-servers.ts";
import { PROJECT_FOLDER, runningClouds, type Attachment } from "../run-folder.ts";

const HELP = `Runs a program inside the running local cloud, with an identity of the stack.

  npm run within -- [--as ACCOUNT] [--port PORT] COMMAND [ARG …]

  --as ACCOUNT  short name of a service account of the stack (enqueuer-api), or developer (default)
  --port PORT   the local cloud with an entry point at this port (default: the one that was started last)
  --help        this text

The program finds proxy, certificate authority and credentials in its environment; gcloud, curl, git, Node, Python and Go
read them there. What the declared IAM does not allow is refused.

  npm run within -- gcloud tasks queues describe queue-brain --location us-central1
  npm run within -- --as tasks-dispatcher node program.js`;

/** Each takes a value. */
const OPTIONS = ["--as", "--port"] as const;

process.exitCode = await main(process.argv.slice(2)).catch(fail);

/** The exit code. */
async function main(args: readonly string[]): Promise<number> {
  const told = parse(args);
  if (!told.wantsHelp) return run(told);
  console.log(HELP);
  return 0;
}

interface Arguments {
  readonly account: string;
  /** As it was said. */
  readonly port: string | undefined;
  readonly command: readonly string[];
  readonly wantsHelp: boolean;
}

/** Everything from the first word on that is not ours belongs to the program. */
function parse(args: readonly string[]): Arguments {
  const rest = [...args];
  const said = new Map<string, string>();
  const told = (command: readonly string[], wantsHelp = false): Arguments => ({
    account: said.get("--as") ?? DEVELOPER,
    port: said.get("--port"),
    command,
    wantsHelp,
  });
  for (;;) {
    const word = rest.shift();
    if (word === undefined) return told([]);
    if (word === "--help" || word === "-h") return told([], true);
    if (word === "--") return told(rest);
    if (!word.startsWith("-")) return told([word, ...rest]);
    const [name = "", value] = word.split(/=(.*)/s);
    const option = OPTIONS.find((each) => each === name);
    if (option === undefined) {
      throw new Error(`Unknown option '${word}' (--help says what there is)`);
    }
    const given = value ?? rest.shift() ?? "";
    if (given === "") throw new Error(`${option} needs a value (--help says what there is)`);
    said.set(option, given);
  }
}

async function run({ account, port, command }: Arguments): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error(`No command was given.\n\n${HELP}`);
  const attachment = await attachmentAt(port);
  const hosts = new Map(Object.entries(attachment.metadataHosts));
  const metadataHost = hosts.get(account);
  if (metadataHost === undefined) {
    const known = [...hosts.keys()].join(", ");
    throw new Error(`There is no account "${account}" in the running stack; there are ${known}.`);
  }
  const gcloudConfigFolder = join(attachment.folder, `gcloud-${account}`);
  await mkdir(gcloudConfigFolder, { recursive: true });
  const environment = clientEnvironment({ ...attachment, metadataHost, gcloudConfigFolder });
  return exitCode(spawnInside(program, args, environment), program);
}

/** The local cloud of this checkout that is meant; says which it is where there are several. */
async function attachmentAt(port: string | undefined): Promise<Attachment> {
  const clouds = (await runningClouds()).filter((each) => each.projectFolder === PROJECT_FOLDER);
  const [newest, ...others] = clouds;
  if (newest === undefined) {
    throw new Error("No local cloud is running here. Start one with: npm run local");
  }
  if (port === undefined) {
    if (others.length > 0) console.error(choice(newest, others));
    return newest;
  }
  const meant = clouds.find(({ ports }) => ports.map(String).includes(port));
  if (meant !== undefined) return meant;
  throw new Error(`No local cloud of this folder answers at port ${port}. ${listed(clouds)}`);
}

function choice(newest: Attachment, others: readonly Attachment[]): string {
  return `within: ${described(newest)}, the newest of ${others.length + 1} that run here. --port chooses another. ${listed(others)}`;
}

function listed(clouds: readonly Attachment[]): string {
  return `There ${clouds.length === 1 ? "is" : "are"} ${clouds.map(described).join("; ")}.`;
}

/** `switchyard-dev at port 8080, since 14:03:11` */
function described({ projectId, ports, startedAt }: Attachment): string {
  const since = new Date(startedAt).toTimeString().slice(0, 8);
  return `${projectId} at port ${ports[0] ?? "none"}, since ${since}`;
}

function spawnInside(
  program: string,
  args: readonly string[],
  environment: Record<string, string>,
) {
  const own = Object.entries(process.env).filter(([name]) => !isWithheld(name));
  const env = { ...Object.fromEntries(own), ...environment };
  const child = spawn(program, args, { stdio: "inherit", env });
  // The terminal sends Ctrl-C to both; the program decides what to do with it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return child;
}

function exitCode(child: ReturnType<typeof spawn>, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new Error(`${program} is not on your PATH.`) : error);
    });
    // As a shell reports the end by a signal.
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}

function fail(error: unknown): number {
  console.error(error instanceof Error ? error.message : String(error));
  return 1;
}
