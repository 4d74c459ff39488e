/** The rule that no function of one system bears the name of another's: two of one name would be one. */
import type { Problem } from "./errors.ts";
import { runs, type Parts, type TakenName, type Written } from "./part.ts";

interface Taken extends TakenName {
  readonly system: string;
}

/** What breaks the rule among the systems that a stack runs. Fixed names come first, then those of earlier systems. */
export function takenNames(written: Written, systems: Parts): Problem[] {
  const all = Object.entries(systems).flatMap(([system, { config }]) =>
    runs(written, system)
      ? (config.functions?.(written) ?? []).map((taken): Taken => ({ ...taken, system }))
      : [],
  );
  const inOrder = [
    ...all.filter(({ path }) => path === undefined),
    ...all.filter(({ path }) => path !== undefined),
  ];
  return inOrder.flatMap((taken, index) => {
    const first = inOrder.slice(0, index).find((each) => isOther(each, taken));
    return first === undefined ? [] : problemOf(taken, first, written);
  });
}

function isOther(one: Taken, other: Taken): boolean {
  return one.name === other.name && one.system !== other.system;
}

function problemOf({ name, path, system }: Taken, first: Taken, { systems }: Written): Problem {
  if (path === undefined) {
    const place = `systems[${Array.isArray(systems) ? systems.indexOf(system) : 0}]`;
    const rule = `must not be on together with ${first.system}: both have a function named ${String(name)}`;
    return { path: place, found: system, rule, remove: place };
  }
  const rule = `must not be the name of one of ${first.system}'s functions`;
  return { path, found: name, rule, value: `${String(name)}-2` };
}
