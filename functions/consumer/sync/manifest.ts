import * as v from "valibot";
import type { Folder } from "../ports.ts";
import { ToolError } from "../tool-error.ts";

/** Where a work folder remembers what it has in common with the bucket. */
export const MANIFEST = ".gcs-manifest.json";
const MAX_BYTES = 33_554_432;

const Entry = v.object({ remoteGen: v.string(), localMtime: v.number(), localSize: v.number() });
export type Entry = v.InferOutput<typeof Entry>;

/** By object name. */
export type Manifest = Map<string, Entry>;

/** Empty where there is none, or none that can be read. */
export async function readManifest(folder: Folder): Promise<Manifest> {
  try {
    const { content } = await folder.read(MANIFEST, MAX_BYTES);
    const entries: unknown = JSON.parse(content.toString());
    return new Map(Object.entries(v.parse(v.record(v.string(), Entry), entries)));
  } catch (error) {
    if (error instanceof ToolError || error instanceof SyntaxError || v.isValiError(error)) {
      return new Map();
    }
    throw error;
  }
}

export async function writeManifest(folder: Folder, manifest: Manifest): Promise<void> {
  const content = JSON.stringify(Object.fromEntries(manifest));
  await folder.write(MANIFEST, content, { append: false, mkdirp: true });
}
