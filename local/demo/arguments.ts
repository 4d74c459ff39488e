/** What `npm run demo` is told. */
import { readArguments, UsageError } from "../../infra/commands/arguments.ts";
import type { SystemName } from "../declared/record.ts";
import { SYSTEMS } from "../systems/index.ts";

export const KNOWN = Object.keys(SYSTEMS) as SystemName[];

export interface DemoArguments {
  readonly systems: readonly SystemName[];
  /** Whether the systems were named. */
  readonly areNamed: boolean;
  /** System → what its story is told with, where a person said it. */
  readonly arguments: ReadonlyMap<SystemName, string>;
}

/** Undefined where help is wanted. Throws a UsageError. */
export function parseArguments(args: readonly string[]): DemoArguments | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const systems: SystemName[] = [];
  const told = new Map<SystemName, string>();
  for (const word of positionals) {
    const last = systems.at(-1);
    const argument = last && SYSTEMS[last].demo.argument;
    if (isSystem(word)) systems.push(word);
    else if (last !== undefined && argument !== undefined && !told.has(last)) {
      told.set(last, argument.read(word));
    } else throw new UsageError(`There is no demo of "${word}"; there are ${KNOWN.join(", ")}.`);
  }
  const areNamed = systems.length > 0;
  return { systems: areNamed ? systems : KNOWN, areNamed, arguments: told };
}

/**
 * What can be told on this machine, and a word about what cannot. Rejects with a UsageError where just that was asked for.
 * `lacks`: why a system's story cannot be told.
 */
export async function tellable(
  told: DemoArguments,
  say: (text: string) => void,
  lacks = async (system: SystemName) => SYSTEMS[system].demo.lacks?.(),
): Promise<readonly SystemName[]> {
  const systems: SystemName[] = [];
  for (const system of told.systems) {
    const why = await lacks(system);
    if (why === undefined) systems.push(system);
    else if (told.areNamed) throw new UsageError(why);
    else say(`The story of ${system} is left out. ${why}`);
  }
  return systems;
}

function parse(args: readonly string[]) {
  const options = { help: { type: "boolean", short: "h", default: false } } as const;
  return readArguments(args, { options, allowPositionals: true });
}

function isSystem(name: string): name is SystemName {
  return Object.hasOwn(SYSTEMS, name);
}
