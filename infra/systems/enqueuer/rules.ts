/** The rules between the values of the enqueuer's config, and between them and the platform's. */
import * as v from "valibot";
import type { Problem } from "../../config/errors.ts";
import type { Written } from "../../config/part.ts";
import { ProjectNumber, RegionName } from "../../config/values.ts";
import { knownEntry } from "./known-entry.ts";
import { brokenRules } from "./worker-rules.ts";

/** All that is wrong between values, as far as these are known: one mistake does not hide the next. */
export function brokenEnqueuerRules(values: Written, isOn: boolean): Problem[] {
  const { workers, enqueuerName } = values;
  const place = {
    project: String(values.project),
    projectNumber: String(values.projectNumber),
    region: String(values.region),
  };
  const entries = Array.isArray(workers) ? (workers as unknown[]) : undefined;
  return brokenRules({
    entries: (entries ?? []).map(knownEntry).filter((entry) => entry !== undefined),
    isEmpty: entries?.length === 0,
    isEnqueuerOn: isOn,
    place,
    isNumberKnown: v.is(ProjectNumber, place.projectNumber),
    isRegionKnown: v.is(RegionName, place.region),
    enqueuerName: String(enqueuerName),
  });
}
