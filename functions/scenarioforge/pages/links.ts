import { fileLink } from "../../viewer/components/actions.ts";
import type { Html } from "../../viewer/html.ts";
import { isRecord } from "../../scenarios/json.ts";
import type { Run } from "../../scenarios/run.ts";

/** Whether anybody may see it. What stands on the page of another is asked for with a key. */
export function isPublic({ is_final, is_deleted }: Run): boolean {
  return is_final && !is_deleted;
}

/** What the report of a run refers to. */
export interface RunLinks {
  readonly forces: Html;
  readonly scores: Html;
  /** Names of the pictures that are shown. */
  readonly pictures: ReadonlySet<string>;
  readonly pathOf: (picture: string) => string;
  /** Pictures and files are fetched with the tab’s key. */
  readonly areKeyed: boolean;
}

/** `files`: names below the run’s artifacts folder. */
export function linksOf(runId: string, run: Run, files: readonly string[]): RunLinks {
  const areKeyed = !isPublic(run);
  const images = files.flatMap((name) => (name.startsWith("images/") ? [name.slice(7)] : []));
  return {
    forces: fileLink(`/artifact/${runId}/forces.json`, "forces.json", areKeyed),
    scores: fileLink(`/runs/${runId}/wind-tunnel.csv`, "All scores as CSV", areKeyed),
    pictures: new Set(isPainted(run) ? images : []),
    pathOf: (picture) => `/artifact/${runId}/image/${encodeURIComponent(picture)}`,
    areKeyed,
  };
}

/** A demo run, and one that was not to paint, has pictures of one pixel, for programs that want some: none is shown. */
function isPainted({ signature_payload: payload }: Run): boolean {
  const { mode, models } = payload ?? {};
  return mode !== "demo" && !(isRecord(models) && models.image_model === "off");
}

/** Where two runs are compared, or a second is chosen. */
export function compareHref(a: string, b?: string): string {
  const query = new URLSearchParams({ a, ...(b !== undefined && { b }) });
  return `/compare?${query.toString()}`;
}
