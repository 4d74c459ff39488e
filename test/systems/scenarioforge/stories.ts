/**
 * What scenarioforge does for people, end to end: runs are launched, shared, read and deleted. Each story has runs of its
 * own and may be run again: the access suite runs those again that used a binding it has taken away.
 */
import { expect } from "chai";
import { fingerprintOf } from "../../../local/outside/gemini/requests.ts";
import { surroundingOf } from "../../../local/systems/scenarioforge/attach.ts";
import type { TestPlatform } from "../../support/platform.ts";
import { LOCATION, lookUp, type Story } from "../../support/story.ts";
import {
  FEW_SOURCES,
  FOLDER,
  LLM_KEY,
  ask,
  launch,
  parameters,
  runOf,
  sweep,
  write,
} from "./runs.ts";

const NODES = 14;
const ORIGIN = "https://scenarioforge-223080314602.us-central1.run.app";

let outOfBand = 0;

export const stories: readonly Story[] = [
  lookUp("scenarioforge"),
  lookUp("scenarioforge-worker"),
  {
    title: "lets an operator look at the queue scenarioforge and its tasks",
    run: async (p) => {
      const url = `https://cloudtasks.googleapis.com/v2/${LOCATION}/queues/scenarioforge`;
      const described = await p.as("developer", url);
      expect(described.body).to.include({
        name: `${LOCATION}/queues/scenarioforge`,
        state: "RUNNING",
      });
      expect((await p.as("developer", `${url}/tasks`)).status).to.equal(200);
    },
  },
  {
    title:
      "runs a launch node by node, once for its parameters, for all to read until it is deleted",
    run: async (p) => {
      const body = parameters();
      const { run_id: runId, reused } = await launch(p, body);
      expect(reused).to.equal(false);
      const { status, is_final: isFinal, node_status: nodes } = await runOf(p, runId);
      const ended = Object.values(nodes).map((node) => node.status);
      expect({ status, isFinal, nodes: ended.length }).to.deep.equal({
        status: "COMPLETED",
        isFinal: true,
        nodes: NODES,
      });
      expect(new Set(ended)).to.have.keys("OK", "SKIPPED");
      const scenarios = await ask(p, `/artifact/${runId}/scenarios.json`);
      expect((scenarios.body as { scenarios: unknown[] }).scenarios).to.have.length(4);

      const { run_id, reuse_reason } = await launch(p, body);
      expect({ run_id, reuse_reason }).to.deep.equal({ run_id: runId, reuse_reason: "completed" });

      const read = () =>
        p.through(`${ORIGIN}/runs/${runId}`, { headers: { accept: "application/json" } });
      expect((await read()).status).to.equal(200);
      expect(await listed(p)).to.include(runId);
      await ask(p, `/runs/${runId}`, { method: "DELETE" });
      expect((await read()).status).to.equal(404);
      expect(await listed(p)).not.to.include(runId);
    },
  },
  {
    title: "asks Gemini and reads the web for a live run, with the caller's own key",
    run: async (p) => {
      const { gemini, web } = surroundingOf(p.cloud);
      const url = "https://news.example.com/articles/grid-storage";
      const asked = gemini.requests.all.length;
      const { run_id: runId } = await launch(
        p,
        { ...parameters(), mock: false, sources: [url], settings_overrides: FEW_SOURCES },
        LLM_KEY,
      );
      const run = await runOf(p, runId);
      expect(run.is_final, JSON.stringify(run.node_status)).to.equal(true);
      expect(run.status).to.match(/^COMPLETED/);
      const requests = gemini.requests.all.slice(asked);
      expect(requests).to.have.length.above(5);
      expect(new Set(requests.flatMap(({ keyIn }) => keyIn))).to.have.keys("header");
      expect(new Set(requests.map(({ key }) => key))).to.have.keys(
        fingerprintOf(LLM_KEY["x-api-key"]),
      );
      expect(web.requests.map((visit) => visit.url)).to.include(url);
      expect(web.requests.filter(({ isInside }) => isInside)).to.deep.equal([]);
    },
  },
  {
    title: "finds a run that somebody else wrote into the bucket, once it has been swept",
    run: async (p) => {
      const runId = `out-of-band-${Date.now()}-${++outOfBand}`;
      const run = { run_id: runId, status: "COMPLETED", is_final: true };
      expect(await write(p, "scenarioforge", `${FOLDER}/${runId}/run.json`, run)).to.equal(200);
      // New instances, which read their secrets when they start.
      await p.restart("scenarioforge-worker");
      await sweep(p);
      await p.restart("scenarioforge");
      expect(await listed(p)).to.include(runId);
    },
  },
  {
    title: "launches nothing for who brings no key",
    run: async (p) => {
      const { status } = await p.through(`${ORIGIN}/build`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: parameters(),
      });
      expect(status).to.equal(401);
    },
  },
];

async function listed(p: TestPlatform): Promise<readonly string[]> {
  const { body } = await ask(p, "/runs?limit=200");
  return (body as { runs: readonly string[] }).runs;
}
