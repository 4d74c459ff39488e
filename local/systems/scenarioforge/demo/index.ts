/** scenarioforge's story: a run from its launch to its end, and what no trouble on the way can lose or double. */
import type { Stage } from "../../../demo/stage.ts";
import type { Chapter } from "../../../demo/story.ts";
import { surroundingOf } from "../attach.ts";
import { API, LIVE, WORKER, build, look, nodesOf, remove } from "./calls.ts";
import { firstRunUrl } from "../first-run.ts";

export function chapters(): readonly Chapter<Stage>[] {
  return [launched, failed, killed, read, deleted];
}

const NODES = 14;

const launched: Chapter<Stage> = {
  title: "A run, launched twice",
  why: "Somebody launches a run, and launches it again with the same parameters: the second launch is to find the first run, and the pipeline is to run once.",
  play: async (stage, expect) => {
    const first = await build(stage);
    expect("POST /build", "202", String(first.status));
    const second = await build(stage, {}, { wait: true });
    expect("the same again, the run", first.body.run_id, second.body.run_id);
    expect("and why that one", "in_progress", second.body.reuse_reason ?? "no reason");
    expect("how it ended", "COMPLETED", second.body.status);
    const third = await build(stage);
    expect("once more", "completed", third.body.reuse_reason ?? "no reason");
    const nodes = Object.values(await nodesOf(stage, first.body.run_id));
    const attempts = nodes.map(({ attempt }) => attempt);
    expect("attempts of all nodes", String(NODES), String(attempts.reduce((a, b) => a + b, 0)));
  },
};

/** As often as one attempt asks before it gives up. */
const ASKED = 3;

const failed: Chapter<Stage> = {
  title: "A node that fails",
  why: "A live run asks Gemini, which is overloaded as long as the first attempt of a node lasts. Cloud Tasks is to deliver the node again, and the run is to end as if nothing had been.",
  play: async (stage, expect) => {
    const { gemini } = surroundingOf(stage.cloud);
    gemini.faults.order({ fault: "overloaded", times: ASKED });
    const { body } = await build(stage, { ...LIVE, company: "Ocean" }, { wait: true });
    expect("the run", "completed", words(body.status));
    const { charter } = await nodesOf(stage, body.run_id);
    expect(
      "its first node",
      "OK at attempt 2",
      `${charter?.status} at attempt ${charter?.attempt}`,
    );
    const steps = (entries: unknown) =>
      (entries as { entries: readonly { node: string; status: string }[] }).entries
        .filter(({ node }) => node === "charter")
        .map(({ status }) => status);
    const events = await look(stage, `/run/${body.run_id}/node_events`, steps);
    expect("its events", "RUNNING, FAIL, RUNNING, OK", steps(events.body).join(", "));
  },
};

/** In the place of a minute, which a killed worker costs otherwise. */
const SHORT_LEASE = { NODE_LEASE_SECONDS: "3", NODE_LEASE_RENEW_SECONDS: "1" };
const SLOW_MS = 600_000;

const killed: Chapter<Stage> = {
  title: "A worker that is killed",
  why: "The worker dies without a word in the middle of a node, which it holds by a lease. Cloud Tasks is to deliver the node again, another worker is to go on once the lease is over, and nobody is to launch anything.",
  play: async (stage, expect) => {
    const { gemini } = surroundingOf(stage.cloud);
    await stage.during(
      withWorkerEnv(stage, SHORT_LEASE),
      { begun: "Leases of nodes hold for 3 seconds now.", ended: "And for a minute again." },
      async () => {
        gemini.faults.order({ fault: "slow", ms: SLOW_MS });
        const { body } = await build(stage, { ...LIVE, company: "Forest" });
        await stage.until(() => gemini.faults.ordered.length === 0);
        await stage.cloud.kill(WORKER);
        stage.say(`Killed: ${WORKER}, while Gemini thought about its first node.`);
        const ended = await build(stage, { ...LIVE, company: "Forest" }, { wait: true });
        expect("the run that was launched", body.run_id, ended.body.run_id);
        expect("how it ended", "completed", words(ended.body.status));
        const { charter } = await nodesOf(stage, body.run_id);
        expect("its first node", "OK", charter?.status ?? "unknown");
      },
    );
  },
};

const read: Chapter<Stage> = {
  title: "For all to read",
  why: "What a completed run made is public: whoever has its address reads it without a key, and can change nothing.",
  play: async (stage, expect) => {
    const { body } = await build(stage);
    const names = (artifact: unknown) =>
      (artifact as { scenarios?: readonly { name: string }[] }).scenarios?.map(
        ({ name }) => name,
      ) ?? [];
    const path = `/artifact/${body.run_id}/scenarios.json`;
    const artifact = await look(stage, path, names);
    const happened = `${artifact.status}, ${names(artifact.body).length} scenarios`;
    expect("GET /artifact/…/scenarios.json", "200, 4 scenarios", happened);
    const launch = await stage.ask(API, "/build", { scope: "world", value: "World", horizon: 60 });
    expect("POST /build without a key", "401", String(launch.status));
  },
};

const deleted: Chapter<Stage> = {
  title: "A run, deleted",
  why: "Whoever has a key deletes a run: nobody is to see it any more, and the same parameters are to make another one.",
  play: async (stage, expect) => {
    const { body } = await build(stage);
    const path = `/runs/${body.run_id}`;
    expect(`DELETE ${path}`, "200", String((await remove(stage, body.run_id)).status));
    expect("GET of it, without a key", "404", String((await look(stage, path)).status));
    const { runs } = (await look(stage, "/runs")).body as { runs: readonly string[] };
    expect("in GET /runs", "no more", runs.includes(body.run_id) ? "still" : "no more");
    const again = await build(stage, {}, { wait: true });
    const isOther = again.body.run_id !== body.run_id && again.body.reuse_reason === null;
    expect("launched once more", "another run", isOther ? "another run" : "the same run");
    stage.remarks.push(
      "A completed run to look at in a browser is there while `npm run local` runs:",
      firstRunUrl(stage.addressLater(API)),
    );
  },
};

/** COMPLETED_WITH_WARNINGS is an end, too: a stand-in model does not write for the auditor. */
function words(status: string): string {
  return status.startsWith("COMPLETED") ? "completed" : status;
}

function withWorkerEnv(stage: Stage, env: Readonly<Record<string, string>>) {
  const declared = stage.cloud.declared();
  const services = declared.services.map((spec) =>
    spec.name === WORKER ? { ...spec, env: { ...spec.env, ...env } } : spec,
  );
  return { ...declared, services };
}
