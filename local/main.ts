/** `npm run local`: start, say where, run until told to stop. */
import { UsageError } from "../infra/commands/arguments.ts";
import { CauseFirst } from "./command/cause-first.ts";
import { explained } from "./command/explained.ts";
import { accessReport, formatAccessReport } from "./iam/report.ts";
import { loadDeclared } from "./declared/load.ts";
import { HELP, parseOptions, type LocalOptions } from "./command/options.ts";
import type { LocalCloud } from "./local-cloud.ts";
import { portProblem } from "./command/ports.ts";
import { LaterLog, printer } from "./command/printer.ts";
import { readyEvent, readyText } from "./command/ready.ts";
import { LocalSecrets } from "./declared/secrets.ts";
import { attaching, refuseUseless } from "./systems/settings.ts";
import { stopSignals } from "./command/stop-signals.ts";
import { noteUnmatchable } from "./command/unmatchable.ts";

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
  const attached = attaching(options.systems);
  const [declared, { startLocalCloud }, { watch }] = await Promise.all([
    loadDeclared(stack, secrets),
    import("./platform.ts"),
    import("./command/watch.ts"),
  ]);
  refuseUseless(options.systems, Object.keys(declared.outside));
  noteUnmatchable(declared, log.log);
  const starting = startLocalCloud(declared, { ...options, attaching: attached, log: log.log });
  const cloud = await starting.catch(async (error: unknown) => {
    const sentence = await portProblem(error, options.port, declared.entryPoints);
    throw sentence === undefined ? error : new UsageError(sentence);
  });
  const watching = options.isWatching
    ? await watch({ cloud, stack, secrets, log: log.log })
    : undefined;
  signals.started();
  // Since the process began, so that what a person waits for is what is told.
  const { outside, allow } = options;
  const started = { stack, iam, outside, allow, tookMs: Math.round(performance.now()) };
  console.log(isJson ? JSON.stringify(readyEvent(cloud, started)) : readyText(cloud, started));
  log.open();
  // A program begins what it wants.
  if (!isJson) cloud.begin();

  await signals.asked;
  console.log(isJson ? JSON.stringify({ event: "stopping" }) : STOPPING);
  await Promise.all([watching?.close(), cloud.stop(), signals.over()]);
  ordered.flush();
  if (iam === "report") reportAccess(cloud, isJson);
}

function reportAccess(cloud: LocalCloud, isJson: boolean): void {
  const report = accessReport(cloud.policy(), cloud.feed);
  console.log(
    isJson ? JSON.stringify({ event: "access", ...report }) : `\n${formatAccessReport(report)}`,
  );
}
