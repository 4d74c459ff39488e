/** The declared program together with what answers here for what it names and does not declare. */
import type { LocalSystem } from "../systems/system.ts";
import { SYSTEMS } from "../systems/index.ts";
import type { Declared } from "./declared.ts";
import type { BundleOf } from "./record.ts";

/** Each system adds its own. `systems`: those that may be declared; default: all there are. */
export async function completed(
  declared: Declared,
  bundleOf: BundleOf,
  systems: Readonly<Record<string, LocalSystem>> = SYSTEMS,
): Promise<Declared> {
  let whole = declared;
  for (const [name, outside] of Object.entries(declared.outside)) {
    whole = (await systems[name]?.completed?.(whole, outside, bundleOf)) ?? whole;
  }
  return whole;
}
