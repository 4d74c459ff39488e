import * as v from "valibot";
import { Listed, isoTime, RunJson } from "./answers.ts";
import { bodyOf, expectSame, expectStatus, expectThat } from "./report.ts";
import type { KeyedScene } from "./scene.ts";

/** DELETE hides a run and takes nothing away. `written`: what its run.json says before. */
export async function deletion(scene: KeyedScene, runId: string, written: object): Promise<void> {
  const { ask, keyed, bucket, report } = scene;
  await report.check("nobody deletes it without a key", async () => {
    expectStatus(await ask("DELETE", `/runs/${runId}`), 401);
    expectStatus(await ask("GET", `/runs/${runId}`), 200);
  });
  await report.check("deleted, it is gone from GET /runs and shown without a key no more", () =>
    remove(scene, [runId]),
  );
  await report.check("its run.json says when and by whom, and keeps all it said", async () => {
    const text = (await bucket.read(`${runId}/run.json`)) ?? "";
    const run = v.parse(RunJson, JSON.parse(text));
    expectSame("is_deleted", run.is_deleted, true);
    expectThat(isoTime(run.deleted_at), `deleted_at is ${String(run.deleted_at)}.`);
    expectThat(typeof run.deleted_by === "string", "deleted_by is absent.");
    const kept = Object.entries(written).filter(([name]) => name !== "updated_at");
    for (const [name, value] of kept) expectSame(name, run[name], value);
  });
  await report.check("deleting it again is no mistake, and an unknown run is 404", async () => {
    expectStatus(await keyed("DELETE", `/runs/${runId}`), 200);
    expectStatus(await keyed("DELETE", `/runs/${runId}-unknown`), 404);
  });
}

/** @throws Unexpected where one of them is still to be seen */
export async function remove({ ask, keyed }: KeyedScene, runIds: readonly string[]): Promise<void> {
  for (const runId of runIds) {
    expectStatus(await keyed("DELETE", `/runs/${runId}`), 200);
    expectStatus(await ask("GET", `/runs/${runId}`), 404);
  }
  const { runs } = bodyOf(await ask("GET", "/runs"), Listed);
  const left = runIds.filter((runId) => runs.includes(runId));
  expectSame("Deleted runs in GET /runs", left, []);
}
