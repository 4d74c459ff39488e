import * as v from "valibot";
import { Events, ShownRun, ViewModel } from "./answers.ts";
import { remove } from "./deletion.ts";
import { buildOf, ended, launch } from "./launch.ts";
import { page } from "./page.ts";
import { bodyOf, expectSame, expectStatus, expectThat } from "./report.ts";
import type { KeyedScene } from "./scene.ts";
import { idOf } from "./written-beside.ts";

/** A mock run, from its launch to its deletion; launched again, it is the same run. */
export async function launched(scene: KeyedScene): Promise<void> {
  const { ask, keyed, report } = scene;
  const body = buildOf(`Switchyard ${idOf(scene)}`);
  await report.check("nobody launches a run without a key", async () => {
    expectStatus(await ask("POST", "/build", { body }), 401);
  });
  let runId = "";
  await report.check("POST /build launches a mock run", async () => {
    const built = await launch(scene, body);
    expectSame("reused", built.reused, false);
    runId = built.run_id;
  });
  await report.check(`${runId} has a view model while it is made`, async () => {
    bodyOf(await keyed("GET", `/artifact/${runId}/view_model.json`), ViewModel);
  });
  await report.check("it completes, with every node", async () => {
    const { status, error, node_status } = await ended(scene, runId);
    expectSame("status", [status, error ?? null], ["COMPLETED", null]);
    const left = Object.entries(node_status).filter(
      ([, node]) => !["OK", "SKIPPED"].includes(node.status),
    );
    expectSame("Nodes that are not done", Object.fromEntries(left), {});
    expectSame("The number of nodes", Object.keys(node_status).length, NODES);
  });
  await readByAnybody(scene, runId);
  await report.check("launched again with the same parameters, it is that run", async () => {
    const { run_id, reused, reuse_reason, existing_run_id } = await launch(scene, body);
    expectSame(
      "The answer",
      { run_id, reused, reuse_reason, existing_run_id },
      { run_id: runId, reused: true, reuse_reason: "completed", existing_run_id: runId },
    );
  });
  let forcedId = "";
  await report.check("launched by force, it is another, whose parent it is", async () => {
    const built = await launch(scene, { ...body, force: true });
    forcedId = built.run_id;
    expectSame("reused", built.reused, false);
    expectThat(forcedId !== runId, "It has the same id.");
    expectSame("parent_run_id", (await ended(scene, forcedId)).parent_run_id, runId);
  });
  await report.check("deleted, both are gone from GET /runs", () =>
    remove(scene, [runId, forcedId]),
  );
}

const NODES = 14;

/** A completed run is read by anybody, and changed by nobody. */
async function readByAnybody(scene: KeyedScene, runId: string): Promise<void> {
  const { ask, keyed, report } = scene;
  await report.check("all its artifacts are read without a key", async () => {
    const { artifacts } = bodyOf(await ask("GET", `/runs/${runId}`), ShownRun);
    const files = artifacts.map((link) => link.split(`/${runId}/artifacts/`)[1] ?? link);
    expectThat(files.length > NODES, `There are ${files.length} of them.`);
    for (const file of files) {
      const path = file.replace(/^images\//, "image/");
      const answer = await ask("GET", `/artifact/${runId}/${path}`);
      expectStatus(answer, 200);
      expectThat(answer.text !== "", `${answer.asked} is empty.`);
    }
  });
  await page(scene, runId);
  await report.check("its view model and its events say what run.json does", async () => {
    const { meta } = bodyOf(await ask("GET", `/runs/${runId}`), ShownRun);
    const model = bodyOf(await ask("GET", `/artifact/${runId}/view_model.json`), ViewModel);
    expectSame("The view model's status", model.run_meta.status, meta.status);
    const { entries } = bodyOf(await ask("GET", `/run/${runId}/node_events`), Events);
    const last = new Map(entries.map(({ node, status }) => [node, status]));
    const nodes = Object.entries(meta.node_status).map(([node, { status }]) => [node, status]);
    expectSame("The events", Object.fromEntries(last), Object.fromEntries(nodes));
  });
  await report.check(
    "its action console is read without a key, and written by nobody",
    async () => {
      const Console = v.object({ items: v.array(v.looseObject({ title: v.string() })) });
      const { items } = bodyOf(await ask("GET", `/action-console/${runId}`), Console);
      expectThat(items.length > 0, "It has no items.");
      const answer = await keyed("POST", `/action-console/${runId}`, { body: { items: [] } });
      expectStatus(answer, 409);
    },
  );
}
