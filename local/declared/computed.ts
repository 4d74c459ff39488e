import { DECLARES } from "../google/declares.ts";
import type { Computed, DeclaresService } from "../google/service.ts";

/**
 * What the provider would answer to a registration: the id and the computed outputs that the program reads.
 * Everything else about a resource is known before it exists, because names are computed and never random. `services`: whose
 * types are known; default: all there are.
 */
export function computedOutputs(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  services: readonly DeclaresService[] = DECLARES,
): Computed {
  for (const { declares } of services) {
    const known = Object.hasOwn(declares, type) ? declares[type] : undefined;
    if (known?.meaning === "local" && known.computed !== undefined) return known.computed(inputs);
  }
  return { id: typeof inputs.name === "string" ? inputs.name : name, state: { ...inputs } };
}
