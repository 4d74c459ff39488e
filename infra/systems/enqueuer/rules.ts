/** The rules between the values of the enqueuer's config, and between them and the platform's. */
import * as v from "valibot";
import { PLATFORM_KEYS } from "../../config/platform-keys.ts";
import type { Problem } from "../../config/problem.ts";
import { knownEntry } from "./known-entry.ts";
import { SYSTEM } from "./names.ts";
import { brokenRules } from "./worker-rules.ts";

/** All that is wrong between values, as far as these are known: one mistake does not hide the next. */
export function brokenEnqueuerRules(values: Readonly<Record<string, unknown>>): Problem[] {
  const { workers, enqueuerName, systems } = values;
  const place = {
    project: String(values.project),
    projectNumber: String(values.projectNumber),
    region: String(values.region),
  };
  const entries = Array.isArray(workers) ? (workers as unknown[]) : undefined;
  return brokenRules({
    entries: (entries ?? []).map(knownEntry).filter((entry) => entry !== undefined),
    isEmpty: entries?.length === 0,
    isEnqueuerOn: Array.isArray(systems) && systems.includes(SYSTEM),
    place,
    isNumberKnown: v.is(PLATFORM_KEYS.projectNumber.schema, place.projectNumber),
    isRegionKnown: v.is(PLATFORM_KEYS.region.schema, place.region),
    enqueuerName: String(enqueuerName),
  });
}
