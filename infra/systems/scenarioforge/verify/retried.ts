import { Events, ViewModel } from "./answers.ts";
import { remove } from "./deletion.ts";
import { buildOf, ended, launch } from "./launch.ts";
import { bodyOf, expectSame } from "./report.ts";
import type { KeyedScene } from "./scene.ts";
import { idOf } from "./written-beside.ts";

const NODE = "retrieval_real";
/** More evidence than a mock run makes up. */
const TOO_MUCH = 900;

/** A node that fails and is tried again: what is shown is its last attempt. */
export async function retried(scene: KeyedScene): Promise<void> {
  const { ask, report } = scene;
  const body = {
    ...buildOf(`Switchyard ${idOf(scene)}`),
    settings_overrides: { min_evidence_ok: TOO_MUCH },
  };
  let runId = "";
  await report.check("a run with too little evidence fails at that node", async () => {
    runId = (await launch(scene, body)).run_id;
    const { status, node_status } = await ended(scene, runId);
    expectSame("status", status, "FAILED");
    expectSame(NODE, attemptOf(node_status[NODE]), { status: "FAIL", attempt: 1 });
  });
  await report.check(
    `${runId} is resumed there, and run.json shows the second attempt`,
    async () => {
      const built = await launch(scene, { ...body, run_id: runId, resume_from: NODE });
      expectSame("run_id", built.run_id, runId);
      const { node_status } = await ended(scene, runId);
      expectSame(NODE, attemptOf(node_status[NODE]), { status: "FAIL", attempt: 2 });
      expectSame("charter", attemptOf(node_status.charter), { status: "HYDRATED", attempt: 2 });
    },
  );
  await report.check(
    "the view model shows the same, and the events show all attempts",
    async () => {
      const model = bodyOf(await ask("GET", `/artifact/${runId}/view_model.json`), ViewModel);
      const { node_status } = model.run_meta;
      expectSame(NODE, attemptOf(node_status[NODE]), { status: "FAIL", attempt: 2 });
      const { entries } = bodyOf(await ask("GET", `/run/${runId}/node_events`), Events);
      const own = entries.filter(({ node }) => node === NODE);
      expectSame(
        "Its events",
        own.map(({ status, attempt }) => `${status} ${attempt}`),
        ["RUNNING 1", "FAIL 1", "RUNNING 2", "FAIL 2"],
      );
    },
  );
  await report.check("deleted, it is gone from GET /runs", () => remove(scene, [runId]));
}

interface Attempt {
  readonly status: string;
  readonly attempt: number;
}

function attemptOf(node: Attempt | undefined): Attempt | undefined {
  return node && { status: node.status, attempt: node.attempt };
}
