/** `npm run local`: start, say where, run until told to stop. */
import { accessReport, formatAccessReport } from "./iam/report.ts";
import { loadPlan, UnusablePlan } from "./load-plan.ts";
import { repositoriesOf } from "./github-apps.ts";
import { FolderProblem } from "./github/folders/git.ts";
import { HELP, parseOptions, UsageError, type LocalOptions } from "./options.ts";
import type { LocalCloud } from "./platform.ts";
import { LaterLog, printer } from "./printer.ts";
import { readyEvent, readyText } from "./ready.ts";
import { LocalSecrets } from "./secrets.ts";
import { stopSignals } from "./stop-signals.ts";
import { NoSuchTofu } from "./tofu.ts";

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) console.log(HELP);
  else await run(options);
} catch (error) {
  const sentence = explained(error);
  if (sentence === undefined) throw error;
  console.error(sentence);
  process.exitCode = 1;
}

async function run(options: LocalOptions): Promise<void> {
  const { stack, iam, isQuiet, isJson } = options;
  const signals = stopSignals();
  // Whoever read what is printed has left, like the `head` of a pipe.
  process.stdout.on("error", signals.ask);
  const log = new LaterLog(printer({ json: isJson, quiet: isQuiet, stream: process.stdout }));
  const secrets = new LocalSecrets(options.secrets, log.log);
  // The rest is loaded while another thread records the program.
  const [plan, { startLocalCloud }, { watch }] = await Promise.all([
    loadPlan(stack, secrets),
    import("./platform.ts"),
    import("./watch.ts"),
  ]);
  for (const name of options.forwards.keys()) refuseUnknownWorker(name, plan.workers);
  const repositories = repositoriesOf(plan, options.repositories);
  const cloud = await startLocalCloud(plan, { ...options, repositories, log: log.log });
  const watching = options.isWatching
    ? await watch({ cloud, stack, secrets, log: log.log })
    : undefined;
  signals.started();
  // Since the process began, so that what a person waits for is what is told.
  const tookMs = Math.round(performance.now());
  console.log(isJson ? JSON.stringify(readyEvent(cloud, tookMs)) : readyText(cloud, stack, tookMs));
  log.open();

  await signals.asked;
  await Promise.all([watching?.close(), cloud.stop()]);
  if (iam === "report") reportAccess(cloud, isJson);
}

function refuseUnknownWorker(name: string, workers: readonly string[]): void {
  if (workers.includes(name)) return;
  throw new UsageError(
    `--worker ${name}: there is no such worker; there are ${workers.join(", ")}.`,
  );
}

function reportAccess(cloud: LocalCloud, isJson: boolean): void {
  const report = accessReport(cloud.plan().bindings, cloud.feed);
  console.log(
    isJson ? JSON.stringify({ event: "access", ...report }) : `\n${formatAccessReport(report)}`,
  );
}

/** The sentence for what a person can mend; undefined for a bug, which keeps its stack. */
function explained(error: unknown): string | undefined {
  const isOurs =
    error instanceof UsageError ||
    error instanceof UnusablePlan ||
    error instanceof NoSuchTofu ||
    error instanceof FolderProblem;
  if (isOurs) return error.message;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === "EADDRINUSE") {
    return `Port ${port ?? ""} is in use. Choose another with --port, or --port 0 for any free one.`;
  }
  if (code === "EACCES" && port !== undefined) {
    return `Port ${port} is not yours to open. Choose one above 1023 with --port, or --port 0 for any free one.`;
  }
  return undefined;
}
