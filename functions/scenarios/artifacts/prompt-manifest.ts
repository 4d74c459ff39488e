import * as v from "valibot";
import { Belonging } from "./metadata.ts";

/** The prompts that this run was made with: by name, and never by a path. */
export const PromptManifest = v.strictObject({
  ...Belonging,
  prompts: v.array(
    v.strictObject({
      name: v.pipe(v.string(), v.maxLength(60)),
      sha256: v.pipe(v.string(), v.hash(["sha256"])),
    }),
  ),
});
export type PromptManifest = v.InferOutput<typeof PromptManifest>;
