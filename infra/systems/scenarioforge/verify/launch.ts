import { Built, ShownRun, type RunJson } from "./answers.ts";
import { Unexpected, bodyOf } from "./report.ts";
import type { KeyedScene } from "./scene.ts";

/** What a mock run takes, with nodes, is a few seconds; each of 14 may wait for a cold start. */
const PATIENCE_SECONDS = 180;
const POLL_SECONDS = 1;

/** As the original's other script launches its run, which nobody else does under this company. */
export function buildOf(company: string) {
  return {
    scope: "country",
    value: "United States",
    company,
    geography: "United States",
    horizon: 60,
    mock: true,
  };
}

export async function launch({ keyed }: KeyedScene, body: object) {
  return bodyOf(await keyed("POST", "/build", { body }), Built, 200, 202);
}

/** run.json, once the run has ended. @throws Unexpected where that takes too long */
export async function ended(scene: KeyedScene, runId: string): Promise<RunJson> {
  const until = scene.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const { meta } = bodyOf(await scene.keyed("GET", `/runs/${runId}`), ShownRun);
    if (meta.is_final) return meta;
    if (scene.now() >= until) {
      const nodes = Object.keys(meta.node_status).length;
      throw new Unexpected(
        `${runId} is ${meta.status} after ${PATIENCE_SECONDS} s, with ${nodes} nodes begun.`,
      );
    }
    await scene.wait(POLL_SECONDS);
  }
}
