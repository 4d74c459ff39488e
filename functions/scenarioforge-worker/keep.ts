import { ARTIFACTS } from "../scenarios/artifacts/index.ts";
import type { ArtifactName } from "../scenarios/artifacts/index.ts";
import { writeArtifact } from "../scenarios/artifacts.ts";
import { overwrite } from "../scenarios/overwrite.ts";
import { imagePath } from "../scenarios/paths.ts";
import { PROMPTS } from "../scenarios/prompts/index.ts";
import type { RunStore } from "../scenarios/run-store.ts";
import type { Brief } from "./brief.ts";
import { checked } from "./checked.ts";
import type { Made } from "./nodes/node.ts";
import type { Ports } from "./ports.ts";

const PIPELINE = "1.0.0";

/** Writes what a node made, all of it judged before any of it is written. Made again, it is the same to the byte. */
export async function keep(
  { artifacts, images = {} }: Made,
  node: string,
  brief: Brief,
  store: RunStore,
  ports: Ports,
): Promise<void> {
  const names = (Object.keys(ARTIFACTS) as ArtifactName[]).filter((name) => name in artifacts);
  const judged = names.map((name) => [name, checked(name, artifacts[name])] as const);
  const prompt = PROMPTS[node];
  // A meta file says when the run was created, as all that it describes does.
  const asOfRun = { ...ports, now: () => Date.parse(brief.createdAt) };
  for (const [name, value] of judged) {
    const origins = {
      inputs: { brief },
      ...(prompt !== undefined && { prompts: { [node]: prompt } }),
      toolVersions: { [`${node}_node`]: PIPELINE },
      schema: ARTIFACTS[name].schemaName,
    };
    await writeArtifact(store, brief.runId, name, value, origins, asOfRun);
  }
  for (const [name, bytes] of Object.entries(images)) {
    const content = { bytes, contentType: "image/png" };
    await overwrite(store, imagePath(brief.runId, name), content, ports);
  }
}
