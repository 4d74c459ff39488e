import { expect } from "chai";
import { writeArtifact } from "../../../functions/scenarios/artifacts.ts";
import { index } from "../../../functions/scenarios/entries.ts";
import {
  addEvent,
  addNormalization,
  readEvents,
  readNormalization,
  withAttempt,
  type NewEvent,
} from "../../../functions/scenarios/events.ts";
import { finishRun, noteProgress } from "../../../functions/scenarios/finish.ts";
import { sha256, timestamp } from "../../../functions/scenarios/json.ts";
import { announce, readLatest } from "../../../functions/scenarios/latest.ts";
import { deleted, ended, nodeStatusOf, resumed } from "../../../functions/scenarios/patches.ts";
import type { NodeEvent } from "../../../functions/scenarios/run.ts";
import { readRun, updateRun } from "../../../functions/scenarios/runs.ts";
import { World, jumbled, launched } from "./world.ts";

const event = (world: World, status: NodeEvent["status"], error?: string): NewEvent => ({
  timestamp: timestamp(world.time),
  node: "charter",
  status,
  inputs: ["user_params"],
  outputs: ["charter.json"],
  tools: ["llm:mock"],
  schema_validated: status === "OK",
  duration_seconds: 0,
  ...(error !== undefined && { error }),
});

async function note(world: World, status: NodeEvent["status"], error?: string): Promise<void> {
  const before = await readEvents(world.store, "r1", false);
  await addEvent(world.store, "r1", withAttempt(before, event(world, status, error)));
}

describe("events", () => {
  it("count attempts: an end belongs to what was running, and a killed attempt is one too", async () => {
    const world = new World();
    for (const status of ["RUNNING", "FAIL", "RUNNING", "RUNNING", "OK", "HYDRATED"] as const) {
      await note(world, status);
      world.time += 1;
    }
    const events = await readEvents(world.store, "r1", false);
    expect(events.map(({ status, attempt }) => `${status} ${attempt}`)).to.deep.equal([
      "RUNNING 1",
      "FAIL 1",
      "RUNNING 2",
      "RUNNING 3",
      "OK 3",
      "HYDRATED 4",
    ]);
  });

  it("are read with one call while the run goes on", async () => {
    const world = new World();
    await note(world, "RUNNING");
    await note(world, "OK");
    world.stores.calls.length = 0;
    const events = await readEvents(world.store, "r1", false);
    // Of the same moment, and in the order in which they were.
    expect(events.map(({ status }) => status)).to.deep.equal(["RUNNING", "OK"]);
    expect(world.stores.calls).to.deep.equal(["list public/r1/events/"]);
  });

  it("are there once, however often one is noted", async () => {
    const world = new World();
    const noted = withAttempt([], event(world, "RUNNING"));
    await addEvent(world.store, "r1", noted);
    await addEvent(world.store, "r1", { ...noted, duration_seconds: 9 });
    expect(await readEvents(world.store, "r1", false)).to.deep.equal([noted]);
  });

  it("are read from the original's files, without the lines that are none", async () => {
    const world = new World();
    const row = withAttempt([], event(world, "OK"));
    const lines = `${JSON.stringify(row)}\nnonsense\n{"node": 1}\n`;
    world.stores.plant("public/r1/logs/node_events.jsonl", lines);
    expect(await readEvents(world.store, "r1", true)).to.deep.equal([row]);
  });

  it("are read from events.jsonl before the log of the same", async () => {
    const world = new World();
    const [one, two] = [withAttempt([], event(world, "OK")), withAttempt([], event(world, "FAIL"))];
    world.stores.plant("public/r1/logs/node_events.jsonl", `${JSON.stringify(two)}\n`);
    world.stores.plant("public/r1/events.jsonl", `${JSON.stringify(one)}\n`);
    for (const isFinal of [true, false]) {
      expect(await readEvents(world.store, "r1", isFinal)).to.deep.equal([one]);
    }
  });

  it("keep errors within what fits beside an object", async () => {
    const world = new World();
    await note(world, "FAIL", "日".repeat(100_000));
    const [failed] = await readEvents(world.store, "r1", false);
    expect(failed?.error).to.equal("日".repeat(1_000));
  });
});

describe("normalization", () => {
  const add = (world: World, node: string, attempt: number, ...operations: string[]) =>
    addNormalization(
      world.store,
      "r1",
      { node, attempt },
      operations.map((operation) => ({ node, operation })),
      world,
    );

  it("is in the order of the attempts' ends, whatever their names and numbers", async () => {
    const world = new World();
    for (let attempt = 1; attempt <= 12; attempt += 1)
      await add(world, "forces", attempt, `f${attempt}`);
    await add(world, "charter", 1, "c1", "c2");
    const rows = await readNormalization(world.store, "r1", false);
    expect(rows.map(({ operation }) => operation)).to.deep.equal([
      ...Array.from({ length: 12 }, (_, at) => `f${at + 1}`),
      "c1",
      "c2",
    ]);
  });

  it("is nothing where nothing was repaired", async () => {
    const world = new World();
    await add(world, "forces", 1);
    expect(world.stores.calls).to.deep.equal([]);
  });
});

describe("nodeStatusOf", () => {
  it("is the last attempt's, and forgets the errors of those before", async () => {
    const world = new World();
    for (const status of ["RUNNING", "FAIL", "RUNNING", "FAIL", "RUNNING", "OK"] as const) {
      await note(world, status, status === "FAIL" ? "no" : undefined);
      world.time += 1;
    }
    const { charter } = nodeStatusOf(await readEvents(world.store, "r1", false));
    expect([charter?.status, charter?.attempt, charter?.error]).to.deep.equal(["OK", 3, null]);
  });
});

describe("noteProgress", () => {
  it("writes run.json at most once a second, and renews the lease", async () => {
    const world = new World();
    await launched(world, "r1");
    await note(world, "RUNNING");
    const events = await readEvents(world.store, "r1", false);
    world.time += 1_249;
    await noteProgress(world.store, "r1", events, 900, world);
    expect((await readRun(world.store, "r1"))?.run.node_status).to.deep.equal({});
    world.time += 1;
    const run = await noteProgress(world.store, "r1", events, 900, world);
    expect(run?.node_status.charter?.status).to.equal("RUNNING");
    expect(run?.lease_expires_at).to.equal(timestamp(world.time + 900_000));
  });

  it("and a delete at the same time keep both, in whatever order their calls come", async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const world = new World();
      await launched(world, "r1");
      await note(world, "OK");
      const events = await readEvents(world.store, "r1", false);
      world.time += 1_250;
      jumbled(world, seed);
      await Promise.all([
        noteProgress(world.store, "r1", events, 900, world),
        updateRun(world.store, "r1", deleted("r1", "public", world.time), world),
      ]);
      const run = (await readRun(world.store, "r1"))?.run;
      // Where the delete came first, run.json was written a moment ago: the next event writes the progress.
      expect(run?.is_deleted).to.equal(true);
      world.time += 1_250;
      const after = await noteProgress(world.store, "r1", events, 900, world);
      expect([after?.is_deleted, after?.node_status.charter?.status]).to.deep.equal([true, "OK"]);
    }
  });
});

describe("updateRun", () => {
  it("writes nothing where nothing changes", async () => {
    const world = new World();
    await launched(world, "r1");
    world.stores.calls.length = 0;
    await updateRun(world.store, "r1", (run) => run, world);
    expect(world.stores.calls).to.deep.equal(["get public/r1/run.json"]);
  });
});

describe("ended", () => {
  it("leaves alone what has ended, and what another execution does", async () => {
    const world = new World();
    const run = await launched(world, "r1", { execution: 2 });
    const end = { status: "FAILED", events: [] } as const;
    expect(ended(1, end, world.time)(run)).to.equal(run);
    const failed = ended(2, end, world.time)(run);
    expect(failed.is_final).to.equal(true);
    expect(ended(2, { ...end, status: "COMPLETED" }, world.time)(failed)).to.equal(failed);
  });
});

describe("finishRun", () => {
  const ending = { status: "COMPLETED", events: [] } as const;

  async function worked(): Promise<World> {
    const world = new World();
    await launched(world, "r1");
    await note(world, "RUNNING");
    const origins = { inputs: { scope: "world" }, prompts: { charter: "Say." } };
    await writeArtifact(world.store, "r1", "charter", { title: "A" }, origins, world);
    await addNormalization(
      world.store,
      "r1",
      { node: "charter", attempt: 1 },
      [{ node: "charter", operation: "stable_id_assigned" }],
      world,
    );
    world.time += 10;
    await note(world, "OK");
    return world;
  }

  it("writes everything before run.json, and the pointer to the latest after it", async () => {
    const world = await worked();
    world.stores.calls.length = 0;
    const events = await readEvents(world.store, "r1", false);
    await finishRun(world.store, "r1", 1, { ...ending, events }, world);
    const puts = world.stores.calls.filter((call) => call.startsWith("put "));
    expect(puts.slice(-2)).to.deep.equal(["put public/r1/run.json", "put public/latest.json"]);
    const run = (await readRun(world.store, "r1"))?.run;
    expect(run).to.deep.include({ status: "COMPLETED", is_final: true, lease_expires_at: null });
    expect(run?.node_status.charter?.status).to.equal("OK");
    expect(world.stores.json("public/r1/artifacts/view_model.json")).to.deep.include({
      charter: { title: "A" },
      scenarios: [],
    });
    expect((await readEvents(world.store, "r1", true)).length).to.equal(2);
    expect(await readNormalization(world.store, "r1", true)).to.deep.equal([
      { node: "charter", operation: "stable_id_assigned" },
    ]);
    expect((await readLatest(world.store))?.run_id).to.equal("r1");
    const files = ["events.jsonl", "logs/node_events.jsonl"].map((file) =>
      world.stores.objects.get(`public/r1/${file}`)?.bytes.toString(),
    );
    expect(files[0]?.split("\n")).to.have.length(3);
    expect(files[1]).to.equal(files[0]);
    const [entry] = (await world.store.list({ prefix: "_index/" })).objects;
    expect(entry?.metadata).to.deep.include({ is_final: "true", status: "COMPLETED" });
  });

  it("lists what was made, with its hash, and no more", async () => {
    const world = await worked();
    world.stores.plant("public/r1/artifacts/action_console.json", "{}");
    await finishRun(world.store, "r1", 1, ending, world);
    expect(world.stores.json("public/r1/artifacts/index.json")).to.deep.equal({
      artifacts: [
        {
          name: "charter",
          path: "artifacts/charter.json",
          meta_path: "artifacts/charter.meta.json",
          schema: "charter",
          sha256: sha256('{\n  "title": "A"\n}'),
          tool_versions: {},
          validated: true,
        },
      ],
    });
  });

  it("writes no object twice within a second", async () => {
    const world = new World();
    const written = new Map<string, number>();
    world.stores.before = (call) => {
      const [what, name = ""] = call.split(" ");
      if (what !== "put") return;
      const last = written.get(name);
      if (last !== undefined && name.endsWith("run.json")) {
        expect(world.time - last, name).to.be.at.least(1_000);
      }
      written.set(name, world.time);
    };
    await launched(world, "r1");
    world.time += 10;
    await finishRun(world.store, "r1", 1, ending, world);
    expect(written.get("public/r1/run.json")).to.equal(world.time);
  });

  it("does nothing a second time, nor for an execution that is over", async () => {
    const world = await worked();
    await finishRun(world.store, "r1", 1, { ...ending, status: "FAILED" }, world);
    world.stores.calls.length = 0;
    await finishRun(world.store, "r1", 1, ending, world);
    expect(world.stores.calls).to.deep.equal(["get public/r1/run.json"]);
    await updateRun(world.store, "r1", resumed(2, 900, world.time), world);
    world.stores.calls.length = 0;
    await finishRun(world.store, "r1", 1, ending, world);
    expect(world.stores.calls).to.deep.equal(["get public/r1/run.json"]);
    expect((await readRun(world.store, "r1"))?.run).to.deep.include({
      status: "RUNNING",
      execution: 2,
    });
  });

  it("does not bring a deleted run back into the list", async () => {
    const world = await worked();
    let isDeleted = false;
    world.stores.before = async (call) => {
      if (call !== "put public/r1/run.json" || isDeleted) return;
      isDeleted = true;
      await updateRun(world.store, "r1", deleted("r1", "public", world.time), world);
      await index(world.store, "r1", world);
    };
    await finishRun(world.store, "r1", 1, ending, world);
    const [entry] = (await world.store.list({ prefix: "_index/" })).objects;
    expect(entry?.metadata).to.deep.include({ is_deleted: "true", is_final: "true" });
  });
});

describe("announce", () => {
  it("does not turn the latest back", async () => {
    const world = new World();
    const early = await launched(world, "r1", { completed_at: timestamp(world.time) });
    const late = await launched(world, "r2", { completed_at: timestamp(world.time + 1) });
    await announce(world.store, "r2", late, world);
    await announce(world.store, "r1", early, world);
    expect((await readLatest(world.store))?.run_id).to.equal("r2");
  });

  it("says once how the run ended", async () => {
    const world = new World();
    const end = { completed_at: timestamp(world.time), status: "FAILED", error: "charter: no" };
    const run = await launched(world, "r1", end);
    await announce(world.store, "r1", run, world);
    world.stores.calls.length = 0;
    await announce(world.store, "r1", run, world);
    expect(world.stores.calls).to.deep.equal(["get public/latest.json"]);
    expect(world.stores.json("public/latest.json")).to.deep.equal({
      run_id: "r1",
      updated_at: timestamp(world.time),
      status: "FAIL",
      command: "run-graph",
      error_summary: "charter: no",
    });
  });
});
