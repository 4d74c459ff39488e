import * as v from "valibot";
import { Listed } from "./answers.ts";
import { deletion, remove } from "./deletion.ts";
import { page } from "./page.ts";
import { bodyOf, expectSame, expectStatus, expectThat } from "./report.ts";
import type { KeyedScene, Scene } from "./scene.ts";

const Shown = v.object({ meta: v.unknown(), artifacts: v.array(v.string()) });
const OTHERS = { "inputs.json": JSON.stringify({ test: true }), "events.jsonl": "" };

/** The document's script: a run is written into the bucket and looked for in the service. What was written. */
export async function writtenBeside(scene: Scene): Promise<WrittenRun> {
  const { ask, report } = scene;
  const written = runJson(idOf(scene), "COMPLETED", scene);
  const runId = written.run_id;
  await report.check(`a run is written into the bucket beside the service: ${runId}`, () =>
    write(scene, written),
  );
  await report.check("GET /runs lists it at once, with its label", async () => {
    const { runs, labels } = bodyOf(await ask("GET", "/runs"), Listed);
    expectThat(runs.includes(runId), `It is not among the ${runs.length} that are listed.`);
    expectSame("Its label", labels[runId], `${runId} | SP60 | Global`);
  });
  await report.check("GET /runs/{run_id} shows it as it was written, without a key", async () => {
    const { meta, artifacts } = bodyOf(await ask("GET", `/runs/${runId}`), Shown);
    expectSame("meta", meta, written);
    expectSame("artifacts", artifacts, []);
  });
  await page(scene, runId);
  return written;
}

/** What of such runs takes a key: one that has not ended, and the deletion of both. */
export async function hiddenBeside(scene: KeyedScene, written: WrittenRun): Promise<void> {
  const { ask, keyed, bucket, report } = scene;
  const running = runJson(`${written.run_id}-running`, "RUNNING", scene);
  await report.check("one that has not ended is shown to holders of a key only", async () => {
    await write(scene, running);
    expectStatus(await ask("GET", `/runs/${running.run_id}`), 404);
    expectStatus(await keyed("GET", `/runs/${running.run_id}`), 200);
    await remove(scene, [running.run_id]);
  });
  await deletion(scene, written.run_id, written);
  await report.check("its other objects are there as before", async () => {
    for (const [file, text] of Object.entries(OTHERS)) {
      expectSame(file, await bucket.read(`${written.run_id}/${file}`), text);
    }
  });
}

type WrittenRun = ReturnType<typeof runJson>;

function runJson(run_id: string, status: "COMPLETED" | "RUNNING", { now }: Scene) {
  const at = new Date(now()).toISOString();
  return {
    run_id,
    status,
    is_final: status === "COMPLETED",
    created_at: at,
    updated_at: at,
    node_status: {},
    signature: "verify",
  };
}

/** `verify-20261121021712`, which says when: so it is listed at once. */
export function idOf({ now }: Scene): string {
  const digits = new Date(now()).toISOString().replaceAll(/\D/g, "");
  return `verify-${digits.slice(0, 14)}`;
}

async function write({ bucket }: Scene, run: WrittenRun): Promise<void> {
  const json = "application/json";
  await bucket.create(`${run.run_id}/run.json`, JSON.stringify(run), json);
  await bucket.create(`${run.run_id}/inputs.json`, OTHERS["inputs.json"], json);
  await bucket.create(`${run.run_id}/events.jsonl`, OTHERS["events.jsonl"], "application/jsonl");
}
