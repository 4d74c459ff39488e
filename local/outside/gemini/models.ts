/** Names of models, as ai.google.dev/gemini-api/docs/models and its page of deprecations have them in autumn 2026. */

export type ModelKind = "text" | "image" | "embedding";

/** Any that is named as models are: which ones are current changes every month. */
const NAMES =
  /^gemini-(?:(?<version>\d+(?:\.\d+)?)-(?:pro|flash|flash-lite)(?<image>-image)?(?:-preview(?:-\d\d-\d{4})?)?|(?<embedding>embedding)-(?:001|2|2-preview))$/;

/** Shut down: all of 1 and 2.0, the preview of 3 Pro, and the previews of image models. */
const GONE = /^gemini-(?:1\.\d|1|2\.0|2)-|^gemini-3-pro-preview$|-image-preview$/;

/** What a model makes; undefined where there is none of that name. */
export function modelKind(name: string): ModelKind | undefined {
  const groups = NAMES.exec(name)?.groups;
  if (groups === undefined || GONE.test(name)) return undefined;
  if (groups.embedding !== undefined) return "embedding";
  return groups.image === undefined ? "text" : "image";
}

/** Search together with JSON is only for models from 3 on. */
export function groundsJson(name: string): boolean {
  return Number(NAMES.exec(name)?.groups?.version ?? 0) >= 3;
}
