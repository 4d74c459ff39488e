/** `npm run demo [system …]`: a story per system, driven for real on a local cloud of its own. */
import { UsageError } from "../../infra/commands/arguments.ts";
import { CauseFirst } from "../command/cause-first.ts";
import { explained } from "../command/explained.ts";
import { loadDeclared } from "../declared/load.ts";
import { startLocalCloud } from "../platform.ts";
import { stopSignals } from "../command/stop-signals.ts";
import { SYSTEMS } from "../systems/index.ts";
import { KNOWN, parseArguments, tellable, type DemoArguments } from "./arguments.ts";
import { Journal } from "./journal.ts";
import { opening } from "./opening.ts";
import { Page } from "./page.ts";
import { Stage, type StageOptions } from "./stage.ts";
import { allHeld, tell } from "./story.ts";

const STACK = "dev";

/** The systems whose story may be told with something of the person's. */
const WITH_ARGUMENT = KNOWN.flatMap((system) => {
  const { argument } = SYSTEMS[system].demo;
  return argument === undefined ? [] : [[system, argument] as const];
});

const HELP = `Tells what a system does by doing it, in a local cloud that is started for it.

  npm run demo [system …]
${WITH_ARGUMENT.map(([system, { name }]) => `  npm run demo ${system} [${name}]`).join("\n")}

  system    one of: ${KNOWN.join(", ")} (default: all of them, one after another)
${WITH_ARGUMENT.map(([, { name, help }]) => `  ${name.padEnd(8)}  ${help}`).join("\n")}
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
  const systems = await tellable(told, console.log);
  const declared = await loadDeclared(STACK);
  for (const system of systems) {
    if (declared.entryPoints.some((each) => each.system === system)) continue;
    throw new UsageError(`The stack ${STACK} does not run ${system}; add it to its \`systems\`.`);
  }
  const journal = new Journal();
  const cloud = await startLocalCloud(declared, { log: new CauseFirst(journal.log).log });
  signals.started();
  const readyMs = performance.now();
  const page = new Page(process.stdout);
  const hides: StageOptions["hides"] = (entry) =>
    systems.some((system) => SYSTEMS[system].demo.hides?.(entry) === true);
  const stage = new Stage({ cloud, journal, page, signal, hides });
  try {
    const stories = systems.map(async (system) => [
      opening(declared, system, readyMs),
      ...(await SYSTEMS[system].demo.chapters(declared, told.arguments.get(system))),
    ]);
    const story = await tell((await Promise.all(stories)).flat(), stage, page, signal);
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
