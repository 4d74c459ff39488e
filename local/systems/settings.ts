/** What a person says about single systems, and what is attached with that. */
import { UsageError } from "../../infra/commands/arguments.ts";
import { SYSTEMS } from "./index.ts";
import type { Attaches, LocalSystem } from "./system.ts";

/** System → settings; only systems that something was said of. */
export type Settings = Readonly<Record<string, object>>;

const ALL = Object.entries<LocalSystem>(SYSTEMS);

/** The flags of all systems, without dashes. */
export const FLAGS: readonly string[] = ALL.flatMap(([, { options }]) => flagsOf(options));

/** How `--help` tells the options of all systems. */
export const FLAGS_HELP: readonly string[] = ALL.flatMap(([, { options }]) =>
  Object.values(options?.flags ?? {}),
);

/** Hosts of Google's that only stand-ins of systems answer for. */
export const GOOGLE_HOSTS: readonly string[] = ALL.flatMap(
  ([, { googleHosts }]) => googleHosts ?? [],
);

/** The settings that a command line makes. `said`: the values of a flag. Throws a UsageError. */
export function settingsOf(said: (flag: string) => readonly string[]): Settings {
  const settings = ALL.flatMap(([name, { options }]) => {
    const isSaid = flagsOf(options).some((flag) => said(flag).length > 0);
    return isSaid && options !== undefined ? [[name, options.read(said)] as const] : [];
  });
  return Object.fromEntries(settings);
}

/** Throws a UsageError for settings of a system that does not run. */
export function refuseUseless(settings: Settings, running: readonly string[]): void {
  for (const [name, { options }] of ALL) {
    if (settings[name] === undefined || running.includes(name)) continue;
    const flags = flagsOf(options).map((flag) => `--${flag}`);
    throw new UsageError(
      `${flags.join(", ")}: of no use, since ${name} is not among the stack's switchyard:systems.`,
    );
  }
}

/** System → what is attached for it, with these settings. */
export function attaching(settings: Settings = {}): Readonly<Record<string, Attaches>> {
  const attached = ALL.flatMap(([name, system]) => {
    const attaches = system.attaches?.(settings[name] ?? {});
    return attaches === undefined ? [] : [[name, attaches] as const];
  });
  return Object.fromEntries(attached);
}

function flagsOf(options: LocalSystem["options"]): readonly string[] {
  return Object.keys(options?.flags ?? {});
}
