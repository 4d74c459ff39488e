// How a run is called in lists (scenarioforge contract, 1.2).
import { isRecord } from "./json.ts";
import { artifactPath } from "./paths.ts";
import type { Run } from "./run.ts";
import type { RunStore } from "./run-store.ts";
import { readJson } from "./view-model.ts";

const DEFAULT_GEOGRAPHY = "Global";
const DEFAULT_HORIZON = 60;
/** It stands in the metadata of an object, which has little room. */
const MAX_LENGTH = 500;

export interface LabelParts {
  readonly company: string | null | undefined;
  readonly geography: string | null | undefined;
  readonly horizon: number | undefined;
}

/** `<company> | SP<months> | <geography>`; `fallback` where no company is known. */
export function labelOf({ company, geography, horizon }: LabelParts, fallback: string): string {
  const plain = (text: string | null | undefined): string =>
    (text ?? "").replaceAll(/\s+/g, " ").trim();
  const parts = [
    plain(company) || fallback,
    `SP${horizon ?? DEFAULT_HORIZON}`,
    plain(geography) || DEFAULT_GEOGRAPHY,
  ];
  return bounded(parts.join(" | "));
}

/** The label that a run was given, else what its artifacts say: others write runs without one. */
export async function labelFor(store: RunStore, runId: string, run: Run): Promise<string> {
  if (typeof run.label === "string") return bounded(run.label);
  const [profile, manifest, issue] = (
    await Promise.all(
      ["company_profile", "prompt_manifest", "focal_issue"].map((name) =>
        readJson(store, artifactPath(runId, `${name}.json`)),
      ),
    )
  ).map((value) => (isRecord(value) ? value : {}));
  const scope = isRecord(issue?.scope) ? issue.scope : {};
  return labelOf(
    {
      company: firstText(
        profile?.company_name,
        manifest?.company_name,
        issue?.company_name,
        manifest?.value,
      ),
      geography: firstText(
        scope.geography,
        issue?.geography,
        manifest?.geography,
        profile?.geography,
      ),
      horizon: firstNumber(
        scope.time_horizon_months,
        issue?.time_horizon_months,
        manifest?.horizon_months,
      ),
    },
    runId,
  );
}

/** Cloud Storage takes no half of a character, whether it was written or cut. */
function bounded(label: string): string {
  return label.slice(0, MAX_LENGTH).toWellFormed();
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

function firstNumber(...values: readonly unknown[]): number | undefined {
  return values.find((value): value is number => typeof value === "number" && value > 0);
}
