import { expect } from "chai";
import {
  listArtifacts,
  writeArtifact,
  writeIndex,
} from "../../../functions/scenarios/artifacts.ts";
import { canonicalJson, sha256, timestamp } from "../../../functions/scenarios/json.ts";
import { labelFor, labelOf } from "../../../functions/scenarios/labels.ts";
import { overwrite } from "../../../functions/scenarios/overwrite.ts";
import { makeViewModel, withRunMeta } from "../../../functions/scenarios/view-model.ts";
import { World, launched } from "./world.ts";

const text = (content: string) => ({ bytes: Buffer.from(content), contentType: "text/plain" });

describe("writeArtifact", () => {
  it("says beside it where it comes from, as hashes", async () => {
    const world = new World();
    const origins = {
      inputs: { brief: { a: 1 } },
      prompts: { charter: "Say." },
      toolVersions: { charter_node: "1.0.0" },
      schema: "scenarios",
    };
    await writeArtifact(world.store, "r1", "scenarios_enriched", { b: 1, a: 2 }, origins, world);
    const { bytes } = world.stores.objects.get("public/r1/artifacts/scenarios_enriched.json") ?? {};
    expect(bytes?.toString()).to.equal('{\n  "a": 2,\n  "b": 1\n}');
    expect(world.stores.json("public/r1/artifacts/scenarios_enriched.meta.json")).to.deep.equal({
      artifact_name: "scenarios_enriched",
      artifact_path: "artifacts/scenarios_enriched.json",
      run_id: "r1",
      timestamps: { created_at: timestamp(world.time) },
      input_hashes: { brief: sha256(canonicalJson({ a: 1 })) },
      prompt_hashes: { charter: sha256('"Say."') },
      tool_versions: { charter_node: "1.0.0" },
    });
    await writeIndex(world.store, "r1", world);
    expect(world.stores.json("public/r1/artifacts/index.json")).to.deep.equal({
      artifacts: [
        {
          name: "scenarios_enriched",
          path: "artifacts/scenarios_enriched.json",
          meta_path: "artifacts/scenarios_enriched.meta.json",
          schema: "scenarios",
          sha256: sha256(bytes ?? ""),
          tool_versions: { charter_node: "1.0.0" },
          validated: true,
        },
      ],
    });
  });
});

describe("listArtifacts", () => {
  it("names all, those in folders too, in order", async () => {
    const world = new World();
    for (const name of ["b.json", "images/a.png", "a.md"]) {
      world.stores.plant(`public/r1/artifacts/${name}`, "{}");
    }
    const names = await listArtifacts(world.store, "r1");
    expect(names).to.deep.equal(["a.md", "b.json", "images/a.png"]);
  });
});

describe("overwrite", () => {
  it("writes whether or not there is something, waiting for others only where they meet", async () => {
    const world = new World();
    await overwrite(world.store, "a", text("1"), world);
    await overwrite(world.store, "a", text("2"), world);
    expect([world.stores.objects.get("public/a")?.bytes.toString(), world.waits]).to.deep.equal([
      "2",
      [],
    ]);
    let others = 3;
    world.stores.before = (call) => {
      if (!call.startsWith("put") || others === 0) return;
      others -= 1;
      world.stores.plant("public/a", "theirs");
    };
    await overwrite(world.store, "a", text("3"), world);
    expect([
      world.stores.objects.get("public/a")?.bytes.toString(),
      world.waits.length,
    ]).to.deep.equal(["3", 2]);
  });

  it("gives up on what changes all the time", async () => {
    const world = new World();
    world.stores.before = (call) => {
      if (call.startsWith("put")) world.stores.plant("public/a", "theirs");
    };
    const error: unknown = await overwrite(world.store, "a", text("1"), world).catch(
      (reason: unknown) => reason,
    );
    expect(String(error)).to.equal("Error: a changes all the time.");
  });
});

describe("labels", () => {
  it("have single spaces and an end, and stand for what is not known", () => {
    const parts = { company: " A \n B ", geography: null, horizon: undefined };
    expect(labelOf(parts, "r1")).to.equal("A B | SP60 | Global");
    expect(labelOf({ ...parts, company: "  " }, "r1")).to.equal("r1 | SP60 | Global");
    expect(labelOf({ ...parts, company: "a".repeat(900) }, "r1")).to.have.length(500);
  });

  it("hold no half of a character", async () => {
    const world = new World();
    const run = await launched(world, "r1");
    const label = `a\ud800${"b".repeat(497)}😀`;
    expect(await labelFor(world.store, "r1", { ...run, label })).to.equal(
      `a\ufffd${"b".repeat(497)}\ufffd`,
    );
    expect(labelOf({ company: "a\udfff", geography: null, horizon: 60 }, "")).to.equal(
      "a\ufffd | SP60 | Global",
    );
  });

  it("are no longer where others wrote them", async () => {
    const world = new World();
    const run = await launched(world, "r1", { label: "a".repeat(9_000) });
    expect(await labelFor(world.store, "r1", run)).to.have.length(500);
  });
});

describe("makeViewModel", () => {
  it("takes the first of the artifacts that a slot may come from, as an object or as a list", async () => {
    const world = new World();
    const plant = (name: string, value: unknown) =>
      world.stores.plant(`public/r1/artifacts/${name}.json`, JSON.stringify(value));
    plant("scenarios", { scenarios: [{ scenario_id: "S1", name: "plain" }] });
    plant("scenarios_enriched", { scenarios: [{ scenario_id: "S1", name: "rich" }] });
    plant("forces", [{ force_id: "f1" }]);
    plant("clusters", { clusters: "none" });
    plant("charter", { title: "old" });
    plant("scenario_charter", { title: "new" });
    const names = await listArtifacts(world.store, "r1");
    const model = await makeViewModel(world.store, "r1", names);
    expect(model).to.deep.include({
      scenarios: [{ scenario_id: "S1", name: "rich" }],
      forces: [{ force_id: "f1" }],
      clusters: [],
      charter: { title: "new" },
      focal_issue: null,
    });
  });

  it("is shown with what run.json says, and with unknown where that says nothing", () => {
    expect(withRunMeta({ run_meta: { status: "OK" } }, "r1", {}, undefined)).to.deep.equal({
      run_meta: { run_id: "r1", status: "unknown", run_config: {} },
    });
  });
});
