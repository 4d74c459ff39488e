// Where everything of a tenant is, from its folder on (scenarioforge contract, 2.1). Folders of ours begin with an
// underscore, which no run's id does.
import * as v from "valibot";

/** A file among the artifacts of a run: one path segment. */
export const ArtifactName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "must be a file's name"),
);

export const latestPath = "latest.json";
export const settingsPath = "_settings.json";
export const indexFolder = "_index/";

export function runPath(runId: string): string {
  return `${runId}/run.json`;
}

export function runConfigPath(runId: string): string {
  return `${runId}/run_config.json`;
}

export function inputsPath(runId: string): string {
  return `${runId}/inputs.json`;
}

/** The request as the pipeline needs it: sources and documents too, which inputs.json has as hashes only. */
export function requestPath(runId: string): string {
  return `${runId}/request.json`;
}

export function artifactsFolder(runId: string): string {
  return `${runId}/artifacts/`;
}

export function artifactPath(runId: string, name: string): string {
  return `${artifactsFolder(runId)}${name}`;
}

export function imagePath(runId: string, name: string): string {
  return `${artifactsFolder(runId)}images/${name}`;
}

/** One object an event; their names are in the order of time. */
export function eventsFolder(runId: string): string {
  return `${runId}/events/`;
}

/** One object an attempt, of what a node repaired. */
export function normalizationFolder(runId: string): string {
  return `${runId}/normalization/`;
}

export function eventsPath(runId: string): string {
  return `${runId}/events.jsonl`;
}

export function logPath(runId: string, name: string): string {
  return `${runId}/logs/${name}`;
}

export function embeddingsPath(runId: string): string {
  return `${runId}/derived/embeddings.json`;
}

/** Held by whoever runs a node. */
export function nodeLeasePath(runId: string, node: string): string {
  return `${runId}/leases/${node}.json`;
}

export function claimPath(signature: string): string {
  return `_signatures/${signature}.json`;
}

export function uploadPath(id: string): string {
  return `_uploads/${id}`;
}
