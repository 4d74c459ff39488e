// What the page of a run is made of: at most four reads, whatever the run has.
import { createHash } from "node:crypto";
import { ACTION_CONSOLE, itemsIn, itemsOf } from "./action-console.ts";
import { eventsListed } from "../scenarios/events.ts";
import { isRecord } from "../scenarios/json.ts";
import { artifactPath, artifactsFolder, eventsFolder } from "../scenarios/paths.ts";
import type { Run } from "../scenarios/run.ts";
import type { ListPage, RunStore } from "../scenarios/run-store.ts";
import { VIEW_MODEL, makeViewModel, readJson } from "../scenarios/view-model.ts";
import type { Html } from "../viewer/html.ts";
import type { Rectangle } from "../viewer/picture.ts";
import type { Caller } from "./keys.ts";
import { LIVE_PARTS } from "./pages/live-parts.ts";
import { reportOf } from "./pages/report.ts";
import { linksOf } from "./pages/links.ts";
import { previewOf } from "./pages/preview.ts";
import type { RunPage } from "./pages/run.ts";
import type { Ports } from "./ports.ts";
import { seenBy } from "./reads.ts";
import { refused } from "./refusals.ts";

/** Of a page, what stands in the bucket. */
export type ReadForPage = Omit<RunPage, "now" | "origin">;

/** What says whether a page is still as it was. */
export interface ListedForPage {
  readonly run: Run;
  /** Names all that the page is made of, by versions; undefined while the run goes on, whose page depends on the time too. */
  readonly source: string | undefined;
  /** The rest that is shown: two reads at most. */
  readonly read: () => Promise<ReadForPage>;
}

/** run.json, and one list of all that the run has, in which its events stand too. */
export async function listForPage(
  caller: Caller,
  runId: string,
  ports: Ports,
): Promise<ListedForPage> {
  const [{ store, run, generation }, page] = await Promise.all([
    seenBy(caller, runId, ports),
    // In vain only where the run is not shown.
    ports.stores.of(caller.tenant).list({ prefix: `${runId}/` }),
  ]);
  const versions = page.objects.map((each) => [each.path, each.generation]);
  const source = JSON.stringify([store.tenant, runId, generation, versions, page.token]);
  return {
    run,
    source: run.is_final ? createHash("sha256").update(source).digest("base64url") : undefined,
    read: () => readListed(runId, run, store, page),
  };
}

/** The view model and the action console, where there are any. */
async function readListed(
  runId: string,
  run: Run,
  store: RunStore,
  { objects, token }: ListPage,
): Promise<ReadForPage> {
  const below = (folder: string) => objects.filter(({ path }) => path.startsWith(folder));
  const folder = artifactsFolder(runId);
  const files = below(folder).map(({ path }) => path.slice(folder.length));
  const stored = (name: string): Promise<unknown> =>
    files.includes(name) ? readJson(store, artifactPath(runId, name)) : Promise.resolve(undefined);
  const [viewModel, console] = await Promise.all([
    run.is_final ? stored(VIEW_MODEL) : undefined,
    stored(ACTION_CONSOLE),
  ]);
  const evaluations = isRecord(viewModel) ? viewModel.wind_tunnel_evaluations_v2 : undefined;
  return {
    runId,
    run,
    events: eventsListed(below(eventsFolder(runId))),
    files,
    hasMoreFiles: token !== undefined,
    viewModel,
    actions: console === undefined ? itemsOf(evaluations) : itemsIn(console),
  };
}

/** One part of a page that is put together piece by piece; 404 for what is none, or is not there yet. */
export async function partOf(
  part: string,
  caller: Caller,
  runId: string,
  ports: Ports,
): Promise<{ readonly html: Html; readonly run: Run }> {
  const { store, run } = await seenBy(caller, runId, ports);
  const found = LIVE_PARTS.find(({ id }) => id === part);
  if (found === undefined) throw refused(404, "not_found", "There is no such part.");
  const names = found.reads.map((name) => `${name}.json`);
  const report = reportOf(await makeViewModel(store, runId, names));
  const html = found.render(report, linksOf(runId, run, []));
  return { html, run };
}

const EVALUATIONS = "wind_tunnel_evaluations_v2";

/** What the picture of a run shows in link previews. */
export async function previewFor(
  caller: Caller,
  runId: string,
  ports: Ports,
): Promise<readonly Rectangle[]> {
  const { store } = await seenBy(caller, runId, ports);
  const evaluations = await readJson(store, artifactPath(runId, `${EVALUATIONS}.json`));
  return previewOf(reportOf({ [EVALUATIONS]: evaluations }));
}
