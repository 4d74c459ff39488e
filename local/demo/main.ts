/** `npm run demo [system] [FOLDER]`: a story per system, driven for real on a local cloud of its own. */
import { UsageError } from "../../infra/commands/arguments.ts";
import { CauseFirst } from "../cause-first.ts";
import { explained } from "../explained.ts";
import { loadDeclared } from "../declared/load.ts";
import { startLocalCloud } from "../platform.ts";
import { stopSignals } from "../stop-signals.ts";
import { findTofu, requireTofu } from "../systems/plan-runner/tofu.ts";
import { KNOWN, parseArguments, withoutTofu, type DemoArguments } from "./arguments.ts";
import { demos } from "./demos.ts";
import { Journal } from "./journal.ts";
import { opening } from "./opening.ts";
import { Page } from "./page.ts";
import { Stage } from "./stage.ts";
import { allHeld, tell } from "./story.ts";

const STACK = "dev";

const HELP = `Tells what a system does by doing it, in a local cloud that is started for it.

  npm run demo [system …]
  npm run demo plan-runner [FOLDER]

  system    one of: ${KNOWN.join(", ")} (default: all of them, one after another)
  FOLDER    your own folder of .tf files to be planned (default: an example that needs no provider)
  --help    this text

Exit code 0: everything was as told. Ctrl-C stops it and leaves nothing behind.`;

/** What a shell reports of a program that ended at Ctrl-C. */
const INTERRUPTED = 130;

try {
  const told = parseArguments(process.argv.slice(2));
  if (told === undefined) console.log(HELP);
  else process.exitCode = await run(told);
} catch (error) {
  const sentence = explained(error);
  if (sentence === undefined) throw error;
  console.error(sentence);
  process.exitCode = 1;
}

/** The exit code. */
async function run(told: DemoArguments): Promise<number> {
  const signals = stopSignals();
  const stop = new AbortController();
  const { signal } = stop;
  void signals.asked.then(() => stop.abort());
  // Whoever read what is printed has left.
  process.stdout.on("error", signals.ask);
  const tofu = findTofu();
  const { systems, folder } = tofu === undefined ? withoutTofu(told, console.log) : told;
  if (tofu !== undefined && systems.includes("plan-runner")) await requireTofu(tofu);
  const plan = await loadDeclared(STACK);
  for (const system of systems) {
    if (plan.entryPoints.some((each) => each.system === system)) continue;
    throw new UsageError(`The stack ${STACK} does not run ${system}; add it to its \`systems\`.`);
  }
  const journal = new Journal();
  const cloud = await startLocalCloud(plan, { log: new CauseFirst(journal.log).log });
  signals.started();
  const readyMs = performance.now();
  const page = new Page(process.stdout);
  const stage = new Stage({ cloud, journal, page, signal });
  try {
    const chapters = systems.flatMap((system) => [
      opening(plan, system, readyMs),
      ...demos[system](plan, folder),
    ]);
    const story = await tell(chapters, stage, page, signal);
    page.summary(story, performance.now(), stage.remarks);
    return allHeld(story) ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    page.say("Stopping…");
    return INTERRUPTED;
  } finally {
    await Promise.all([cloud.stop(), signals.over()]);
  }
}
