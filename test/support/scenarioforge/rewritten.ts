/** Runs as they might be: what one made, with other texts in it or ten times as much, and always as its schemas want it. */
import * as v from "valibot";
import { ARTIFACTS, type ArtifactName } from "../../../functions/scenarios/artifacts/index.ts";
import { listArtifacts } from "../../../functions/scenarios/artifacts.ts";
import { index } from "../../../functions/scenarios/entries.ts";
import { JSON_TYPE, isRecord, parsedJson, spacedJson } from "../../../functions/scenarios/json.ts";
import { everything } from "../../../functions/scenarios/lists.ts";
import { overwrite } from "../../../functions/scenarios/overwrite.ts";
import { artifactPath, eventsFolder, runPath } from "../../../functions/scenarios/paths.ts";
import { Run } from "../../../functions/scenarios/run.ts";
import type { RunStore } from "../../../functions/scenarios/run-store.ts";
import { jsonContent } from "../../../functions/scenarios/runs.ts";
import { VIEW_MODEL, makeViewModel, readJson } from "../../../functions/scenarios/view-model.ts";

/** Other texts in place of one, the longest first: a field has the first that it takes. The same for the same text. */
export type Retell = (text: string) => readonly string[];

const PORTS = { wait: () => Promise.resolve(), random: () => 0.5 };

/** Other texts wherever a run has any: in its artifacts, its label, its errors and its events. */
export async function retell(store: RunStore, runId: string, told: Retell): Promise<void> {
  await rewrite(store, runId, (name, artifact) => retold(artifact, ARTIFACTS[name].schema, told));
  const longest = (text: unknown) => (typeof text === "string" ? (told(text)[0] ?? text) : text);
  const withError = <T extends object>(thing: T): T =>
    "error" in thing ? { ...thing, error: longest(thing.error) } : thing;
  const run = v.parse(Run, await readJson(store, runPath(runId)));
  const nodes = Object.entries(run.node_status).map(([node, each]) => [node, withError(each)]);
  const node_status = Object.fromEntries(nodes) as unknown;
  const whole = { ...run, label: longest(run.label), node_status };
  await overwrite(store, runPath(runId), jsonContent(withError(whole)), PORTS);
  for (const { path, metadata } of await everything(store, { prefix: eventsFolder(runId) })) {
    const row = spacedJson(withError(parsedJson(metadata.row ?? "") as object));
    const content = { bytes: Buffer.from(row), contentType: JSON_TYPE, metadata: { row } };
    await overwrite(store, path, content, PORTS);
  }
  await index(store, runId, PORTS);
}

/** Ten times the evidence, forces, clusters, strategies and evaluations. */
export function multiply(store: RunStore, runId: string): Promise<void> {
  return rewrite(store, runId, (_, artifact) => multiplied(artifact));
}

async function rewrite(
  store: RunStore,
  runId: string,
  change: (name: ArtifactName, artifact: unknown) => unknown,
): Promise<void> {
  const present = await listArtifacts(store, runId);
  for (const name of Object.keys(ARTIFACTS) as ArtifactName[]) {
    if (!present.includes(`${name}.json`)) continue;
    const path = artifactPath(runId, `${name}.json`);
    const changed = v.parse(ARTIFACTS[name].schema, change(name, await readJson(store, path)));
    await overwrite(store, path, jsonContent(changed), PORTS);
  }
  const model = await makeViewModel(store, runId, present);
  await overwrite(store, artifactPath(runId, VIEW_MODEL), jsonContent(model), PORTS);
}

/** Field by field, those of all things of a list at once. What takes no other text keeps its own. */
function retold(artifact: unknown, schema: v.GenericSchema, told: Retell): unknown {
  const fields = new Set<string>();
  mapped(artifact, (text, field) => {
    fields.add(field);
    return text;
  });
  let whole = artifact;
  for (const field of fields) {
    for (let choice = 0; choice < told("").length; choice += 1) {
      const changed = mapped(whole, (text, at) =>
        at === field ? (told(text)[choice] ?? "") : text,
      );
      if (!v.is(schema, changed)) continue;
      whole = changed;
      break;
    }
  }
  return whole;
}

/** With another text for each, names of members among them. `field`: `scenarios.name`, or `kpi_projection#` for names. */
function mapped(
  value: unknown,
  change: (text: string, field: string) => string,
  field = "",
): unknown {
  if (typeof value === "string") return change(value, field);
  if (Array.isArray(value)) return value.map((each) => mapped(each, change, field));
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([name, each]) => [
    change(name, `${field}#`),
    mapped(each, change, `${field}.${name}`),
  ]);
  return Object.fromEntries(members) as unknown;
}

/** Lists of things that have an id of their own. */
const LISTS = [
  ...["evidence_units", "forces", "clusters", "strategies", "evaluations", "matrix", "tests"],
  ...["overall", "scenario_fit"],
];
const TIMES = 10;
const ID = /\b(force|sim|cluster|st|wt-t)-(\d+)\b/g;

function multiplied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(multiplied);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([name, each]) => {
    const isList = LISTS.includes(name) && Array.isArray(each) && each.every(isRecord);
    return [name, isList ? manyOf(each) : multiplied(each)];
  });
  return Object.fromEntries(members) as unknown;
}

function manyOf(list: readonly unknown[]): unknown[] {
  return Array.from({ length: TIMES }, (_, time) =>
    list.map((each) =>
      mapped(each, (text) =>
        text.replaceAll(
          ID,
          (_id, kind: string, number: string) => `${kind}-${Number(number) + 1000 * time}`,
        ),
      ),
    ),
  ).flat();
}
