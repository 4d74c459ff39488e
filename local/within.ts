/** `npm run within`: any program inside the running local cloud, as an identity of the plan. */
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { clientEnvironment, isWithheld } from "./gateway/environment.ts";
import { DEVELOPER } from "./identity/metadata-servers.ts";
import { findAttachment } from "./run-folder.ts";

const HELP = `Runs a program inside the running local cloud, with an identity of the stack.

  npm run within -- [--as ACCOUNT] -- COMMAND [ARG …]

  --as ACCOUNT  short name of a service account of the stack (enqueuer-api), or developer (default)

The program finds proxy, certificate authority and credentials in its environment; gcloud, curl, git, Node, Python and Go
read them there. What the declared IAM does not allow is refused.

  npm run within -- -- gcloud tasks queues describe queue-brain --location us-central1
  npm run within -- --as tasks-dispatcher -- node program.js`;

process.exitCode = await main(process.argv.slice(2)).catch(fail);

/** The exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { account, command, wantsHelp } = parse(args);
  if (!wantsHelp) return run(account, command);
  console.log(HELP);
  return 0;
}

interface Arguments {
  readonly account: string;
  readonly command: readonly string[];
  readonly wantsHelp: boolean;
}

/** Everything from the first word on that is not ours belongs to the program. */
function parse(args: readonly string[]): Arguments {
  const rest = [...args];
  let account = DEVELOPER;
  for (;;) {
    const word = rest.shift();
    if (word === "--help" || word === "-h") return { account, command: [], wantsHelp: true };
    if (word === "--as") account = rest.shift() ?? "";
    else if (word?.startsWith("--as=")) account = word.slice("--as=".length);
    else if (word !== "--" && word?.startsWith("-")) {
      throw new Error(`Unknown option '${word}' (--help says what there is)`);
    } else if (word === undefined) return { account, command: [], wantsHelp: false };
    else return { account, command: word === "--" ? rest : [word, ...rest], wantsHelp: false };
  }
}

async function run(account: string, [program, ...args]: readonly string[]): Promise<number> {
  if (program === undefined) throw new Error(`No command was given.\n\n${HELP}`);
  const attachment = await findAttachment();
  if (attachment === undefined) {
    throw new Error("No local cloud is running here. Start one with: npm run local");
  }
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
