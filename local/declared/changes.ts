/** What is new, other and gone between two lists of named things. */
import type { Changes } from "../google/service.ts";
import { fingerprint } from "./secrets-codec.ts";

interface Named {
  readonly name: string;
}

/** Of things that are the same nothing is said. A name that comes twice counts once, as it is said last. */
export function changesOf<T extends Named>(before: readonly T[], after: readonly T[]): Changes<T> {
  const old = new Map(before.map((each) => [each.name, each]));
  const next = new Map(after.map((each) => [each.name, each]));
  const kept = [...next.values()].flatMap((each) => {
    const was = old.get(each.name);
    return was === undefined ? [] : [{ before: was, after: each }];
  });
  return {
    added: [...next.values()].filter(({ name }) => !old.has(name)),
    changed: kept.filter((each) => fingerprint(each.before) !== fingerprint(each.after)),
    removed: [...old.values()].filter(({ name }) => !next.has(name)),
  };
}
