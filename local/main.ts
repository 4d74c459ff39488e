/** `npm run local`: start, say where, run until told to stop. */
import { UsageError } from "../infra/commands/arguments.ts";
import { CauseFirst } from "./cause-first.ts";
import { explained } from "./explained.ts";
import { accessReport, formatAccessReport } from "./iam/report.ts";
import { repositoriesOf } from "./systems/plan-runner/github-apps.ts";
import { loadDeclared } from "./declared/load.ts";
import { HELP, parseOptions, type LocalOptions } from "./options.ts";
import type { LocalCloud } from "./platform.ts";
import { portProblem, refuseOwnPorts } from "./ports.ts";
import { LaterLog, printer } from "./printer.ts";
import { readyEvent, readyText } from "./ready.ts";
import { LocalSecrets } from "./declared/secrets.ts";
import { stopSignals } from "./stop-signals.ts";
import { noteUnmatchable } from "./unmatchable.ts";

const STOPPING = "Stopping… Ctrl-C again does not wait for it.";

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
  const ordered = new CauseFirst(printer({ json: isJson, quiet: isQuiet, stream: process.stdout }));
  const log = new LaterLog(ordered.log);
  const secrets = new LocalSecrets(options.secrets, log.log);
  // The rest is loaded while another thread records the program.
  const [plan, { startLocalCloud }, { watch }] = await Promise.all([
    loadDeclared(stack, secrets),
    import("./platform.ts"),
    import("./watch.ts"),
  ]);
  for (const name of options.forwards.keys()) refuseUnknownWorker(name, plan.workers);
  refuseOwnPorts(options.forwards, options.port, plan.entryPoints);
  noteUnmatchable(plan, log.log);
  const repositories = repositoriesOf(plan, options.repositories);
  const starting = startLocalCloud(plan, { ...options, repositories, log: log.log });
  const cloud = await starting.catch(async (error: unknown) => {
    const sentence = await portProblem(error, options.port, plan.entryPoints);
    throw sentence === undefined ? error : new UsageError(sentence);
  });
  const watching = options.isWatching
    ? await watch({ cloud, stack, secrets, log: log.log })
    : undefined;
  signals.started();
  // Since the process began, so that what a person waits for is what is told.
  const started = { stack, iam, tookMs: Math.round(performance.now()) };
  console.log(isJson ? JSON.stringify(readyEvent(cloud, started)) : readyText(cloud, started));
  log.open();

  await signals.asked;
  console.log(isJson ? JSON.stringify({ event: "stopping" }) : STOPPING);
  await Promise.all([watching?.close(), cloud.stop(), signals.over()]);
  ordered.flush();
  if (iam === "report") reportAccess(cloud, isJson);
}

function refuseUnknownWorker(name: string, workers: readonly string[]): void {
  if (workers.includes(name)) return;
  throw new UsageError(
    `--worker ${name}: there is no such worker; there are ${workers.join(", ")}.`,
  );
}

function reportAccess(cloud: LocalCloud, isJson: boolean): void {
  const report = accessReport(cloud.policy(), cloud.feed);
  console.log(
    isJson ? JSON.stringify({ event: "access", ...report }) : `\n${formatAccessReport(report)}`,
  );
}
