/** What `npm run demo` is told. */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { readArguments, UsageError } from "../../infra/commands/arguments.ts";
import { NO_TOFU } from "../systems/plan-runner/tofu.ts";
import { demos, type SystemName } from "./demos.ts";

export const KNOWN = Object.keys(demos) as SystemName[];

export interface DemoArguments {
  readonly systems: readonly SystemName[];
  /** Whether the systems were named. */
  readonly areNamed: boolean;
  /** A person's own folder of .tf files, absolute, for the story of plan-runner. */
  readonly folder: string | undefined;
}

/** Undefined where help is wanted. Throws a UsageError. */
export function parseArguments(args: readonly string[]): DemoArguments | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const systems: SystemName[] = [];
  let folder: string | undefined;
  for (const word of positionals) {
    if (isSystem(word)) systems.push(word);
    else if (systems.at(-1) === "plan-runner" && folder === undefined) folder = folderOf(word);
    else throw new UsageError(`There is no demo of "${word}"; there are ${KNOWN.join(", ")}.`);
  }
  const areNamed = systems.length > 0;
  return { systems: areNamed ? systems : KNOWN, areNamed, folder };
}

/**
 * What can be told where there is no OpenTofu, and a word about what cannot. Throws a UsageError where just that was
 * asked for.
 */
export function withoutTofu(told: DemoArguments, say: (text: string) => void): DemoArguments {
  if (!told.systems.includes("plan-runner")) return told;
  if (told.areNamed) throw new UsageError(NO_TOFU);
  say(`The story of plan-runner is left out. ${NO_TOFU}`);
  return { ...told, systems: told.systems.filter((system) => system !== "plan-runner") };
}

function parse(args: readonly string[]) {
  const options = { help: { type: "boolean", short: "h", default: false } } as const;
  return readArguments(args, { options, allowPositionals: true });
}

function isSystem(name: string): name is SystemName {
  return Object.hasOwn(demos, name);
}

function folderOf(word: string): string {
  const folder = resolve(word);
  if (filesIn(folder).some((name) => /\.(?:tf|tofu)(?:\.json)?$/.test(name))) return folder;
  throw new UsageError(`${folder} has no .tf files.`);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    throw new UsageError(`${folder} is not a folder that can be read.`);
  }
}
