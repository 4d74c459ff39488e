/** `npm run demo [system]`: a story per system, driven for real on a local cloud of its own. */
import { parseArgs } from "node:util";
import { loadPlan, UnusablePlan } from "../load-plan.ts";
import { UsageError } from "../options.ts";
import { startLocalCloud } from "../platform.ts";
import { demos, type SystemName } from "./demos.ts";
import { Journal } from "./journal.ts";
import { opening } from "./opening.ts";
import { Page } from "./page.ts";
import { Stage } from "./stage.ts";
import { allHeld, tell } from "./story.ts";

const STACK = "dev";
const KNOWN = Object.keys(demos) as SystemName[];

const HELP = `Tells what a system does by doing it, in a local cloud that is started for it.

  npm run demo [system]

  system    one of: ${KNOWN.join(", ")} (default: all of them, one after another)
  --help    this text

Exit code 0: everything was as told. Ctrl-C stops it and leaves nothing behind.`;

/** What a shell reports of a program that ended at Ctrl-C. */
const INTERRUPTED = 130;

try {
  const systems = parseSystems(process.argv.slice(2));
  if (systems === undefined) console.log(HELP);
  else process.exitCode = await run(systems);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof UnusablePlan)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function parseSystems(args: string[]): readonly SystemName[] | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const known = `there ${KNOWN.length === 1 ? "is" : "are"} ${KNOWN.join(", ")}`;
  for (const name of positionals) {
    if (!isSystem(name)) throw new UsageError(`There is no demo of "${name}"; ${known}.`);
  }
  return positionals.length === 0 ? KNOWN : positionals.filter(isSystem);
}

function parse(args: string[]) {
  try {
    const options = { help: { type: "boolean", short: "h", default: false } } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (--help says what there is)`);
  }
}

function isSystem(name: string): name is SystemName {
  return Object.hasOwn(demos, name);
}

/** The exit code. */
async function run(systems: readonly SystemName[]): Promise<number> {
  const plan = await loadPlan(STACK);
  for (const system of systems) {
    if (plan.entryPoints.some((each) => each.system === system)) continue;
    throw new UsageError(`The stack ${STACK} does not run ${system}; add it to its \`systems\`.`);
  }
  const signal = stopSignal();
  const journal = new Journal();
  const cloud = await startLocalCloud(plan, { log: journal.log });
  const readyMs = performance.now();
  const page = new Page(process.stdout);
  const stage = new Stage({ cloud, journal, page, signal });
  try {
    const chapters = systems.flatMap((system) => [
      opening(plan, system, readyMs),
      ...demos[system](plan),
    ]);
    const told = await tell(chapters, stage, page, signal);
    page.summary(told, performance.now());
    return allHeld(told) ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    page.say("Stopped.");
    return INTERRUPTED;
  } finally {
    await cloud.stop();
  }
}

/** The first signal asks for the end, as does a reader that has gone; a second one does not wait for it. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => stop.abort());
  }
  process.stdout.on("error", () => stop.abort());
  return stop.signal;
}
