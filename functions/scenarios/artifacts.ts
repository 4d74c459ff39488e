// What a run makes: each artifact with its hash beside it, a meta file, and the index of all.
import { JSON_TYPE, canonicalJson, parsedJson, prettyJson, sha256, timestamp } from "./json.ts";
import { everything } from "./lists.ts";
import { overwrite } from "./overwrite.ts";
import { artifactPath, artifactsFolder } from "./paths.ts";
import { jsonContent, type ContentionPorts } from "./runs.ts";
import type { ListedObject, RunStore } from "./run-store.ts";

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    json: JSON_TYPE,
    jsonl: "application/jsonl",
    md: "text/markdown",
    txt: "text/plain",
    png: "image/png",
    jpg: "image/jpeg",
    jpeg: "image/jpeg",
    webp: "image/webp",
    gif: "image/gif",
  }),
);

/** Where an artifact comes from; what is hashed is hashed here. */
export interface Origins {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly prompts?: Readonly<Record<string, string>>;
  readonly toolVersions?: Readonly<Record<string, string>>;
  /** Name of the schema that it was checked against. Default: the artifact's. */
  readonly schema?: string;
}

export interface ArtifactPorts extends ContentionPorts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** By its extension; text of any other kind. */
export function typeOf(name: string): string {
  return TYPES.get(name.split(".").at(-1)?.toLowerCase() ?? "") ?? "text/plain";
}

/** Writes `<name>.json` and `<name>.meta.json`. The value was validated before. */
export async function writeArtifact(
  store: RunStore,
  runId: string,
  name: string,
  value: unknown,
  origins: Origins,
  ports: ArtifactPorts,
): Promise<void> {
  const bytes = Buffer.from(prettyJson(value));
  const toolVersions = origins.toolVersions ?? {};
  const metadata = {
    sha256: sha256(bytes),
    schema: origins.schema ?? name,
    tool_versions: canonicalJson(toolVersions),
  };
  const meta = {
    artifact_name: name,
    artifact_path: `artifacts/${name}.json`,
    run_id: runId,
    timestamps: { created_at: timestamp(ports.now()) },
    input_hashes: hashesOf(origins.inputs ?? {}),
    prompt_hashes: hashesOf(origins.prompts ?? {}),
    tool_versions: toolVersions,
  };
  const path = artifactPath(runId, `${name}.json`);
  await overwrite(store, path, { bytes, contentType: JSON_TYPE, metadata }, ports);
  await overwrite(store, artifactPath(runId, `${name}.meta.json`), jsonContent(meta), ports);
}

/** All of a run, by their paths below its artifacts folder, in order; `images/scenario_S1.png` too. */
export async function listArtifacts(store: RunStore, runId: string): Promise<string[]> {
  const objects = await everything(store, { prefix: artifactsFolder(runId) });
  return objects.map(({ path }) => path.slice(artifactsFolder(runId).length));
}

/** As answers name them: `<tenant>/<run>/artifacts/<name>`. */
export function artifactLinks(store: RunStore, runId: string, names: readonly string[]): string[] {
  return names.map((name) => `${store.tenant}/${artifactPath(runId, name)}`);
}

/** Writes index.json of all artifacts that have a hash: action consoles and images of people have none. */
export async function writeIndex(
  store: RunStore,
  runId: string,
  ports: ContentionPorts,
): Promise<void> {
  const objects = await everything(store, { prefix: artifactsFolder(runId) });
  const artifacts = objects.flatMap((object) => entryOf(object, runId));
  const content = jsonContent({ artifacts });
  await overwrite(store, artifactPath(runId, "index.json"), content, ports);
}

function entryOf({ path, metadata }: ListedObject, runId: string): Record<string, unknown>[] {
  const file = path.slice(artifactsFolder(runId).length);
  const name = file.replace(/\.json$/, "");
  if (metadata.sha256 === undefined) return [];
  return [
    {
      name,
      path: `artifacts/${file}`,
      meta_path: `artifacts/${name}.meta.json`,
      schema: metadata.schema ?? name,
      sha256: metadata.sha256,
      tool_versions: parsedJson(metadata.tool_versions ?? "{}") ?? {},
      validated: true,
    },
  ];
}

function hashesOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, sha256(canonicalJson(value))]),
  );
}
