import { expect } from "chai";
import fc from "fast-check";
import { index, inverted, keyOf } from "../../../functions/scenarios/entries.ts";
import { deleted } from "../../../functions/scenarios/patches.ts";
import { pageOfRuns } from "../../../functions/scenarios/pages.ts";
import { updateRun } from "../../../functions/scenarios/runs.ts";
import { sweep } from "../../../functions/scenarios/sweep.ts";
import { cloudRunStores } from "../../../functions/scenarios/adapters/cloud-run-store.ts";
import { ServedStorage } from "./served-storage.ts";
import { World, launched } from "./world.ts";

const shown = { shows: ({ isDeleted }: { isDeleted: boolean }) => !isDeleted };

/** Every run of every page, and the ids of the first. */
async function allPages(world: World, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await pageOfRuns(world.store, { limit, after, ...shown }, world);
    expect(page.entries.length).to.be.at.most(limit);
    ids.push(...page.entries.map(({ runId }) => runId));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

/** A run of somebody who knows of no index. */
function planted(
  world: World,
  runId: string,
  run: object = { status: "COMPLETED", is_final: true },
) {
  world.stores.plant(`public/${runId}/run.json`, JSON.stringify(run));
}

async function remove(world: World, runId: string): Promise<void> {
  await updateRun(world.store, runId, deleted(runId, "public", world.time), world);
  await index(world.store, runId, world);
}

const at = (minute: number): string => `202611211${String(minute).padStart(3, "0")}00`;

describe("keyOf", () => {
  it("puts the later before the earlier", () => {
    fc.assert(
      fc.property(fc.nat(9_999_999), fc.nat(9_999_999), (a, b) => {
        const [early, late] = [a, b].sort((x, y) => x - y).map((n) => String(n).padStart(14, "0"));
        const keys = [keyOf(late ?? "", undefined), keyOf(early ?? "", undefined)];
        expect(keys).to.deep.equal(keys.toSorted());
      }),
    );
  });

  it("takes the time of an id, else that of the run", () => {
    expect(keyOf("20261121021712-ab", "2020-01-01T00:00:00Z")).to.equal(
      `${inverted("20261121021712")}-20261121021712-ab`,
    );
    expect(keyOf("verify-20261121021712", undefined)).to.equal(
      `${inverted("20261121021712")}-verify-20261121021712`,
    );
    expect(keyOf("mine", "2026-11-21T02:17:12.575194+00:00")).to.equal(
      `${inverted("20261121021712")}-mine`,
    );
    expect(keyOf("mine", undefined)).to.equal("99999999999999-mine");
  });
});

describe("index", () => {
  it("puts no entry of an older run over one of a newer", async () => {
    const world = new World();
    await launched(world, at(1));
    let isDeleted = false;
    world.stores.before = async (call) => {
      if (!call.startsWith("get public/_index/") || isDeleted) return;
      isDeleted = true;
      await remove(world, at(1));
    };
    await index(world.store, at(1), world);
    const [entry] = (await world.store.list({ prefix: "_index/" })).objects;
    expect(entry?.metadata.is_deleted).to.equal("true");
  });

  it("waits only for those it meets", async () => {
    const world = new World();
    await launched(world, at(1));
    await index(world.store, at(1), world);
    expect(world.waits).to.deep.equal([]);
    let others = 2;
    world.stores.before = (call) => {
      if (!call.startsWith("put") || others === 0) return;
      others -= 1;
      world.stores.plant(call.slice("put ".length), "{}");
    };
    await index(world.store, at(1), world);
    expect(world.waits.length).to.equal(1);
  });
});

describe("pageOfRuns", () => {
  it("shows no folder whose name is no run's id: nobody could ask for it, nor go on behind it", async () => {
    const world = new World();
    const names = ["a b", "x".repeat(60), "<img src=x>", "é"];
    for (const name of names) planted(world, `20261121021712-${name}`);
    planted(world, "20261121021712-ok");
    expect(await allPages(world, 1)).to.deep.equal(["20261121021712-ok"]);
  });

  it("lists our runs newest first, with their labels, and a page with three calls", async () => {
    const world = new World();
    for (let minute = 0; minute < 30; minute += 1) await launched(world, at(minute));
    world.stores.calls.length = 0;
    const { entries, next } = await pageOfRuns(world.store, { limit: 10, ...shown }, world);
    expect(entries.map(({ runId }) => runId)).to.deep.equal(
      Array.from({ length: 10 }, (_, each) => at(29 - each)),
    );
    expect(entries[0]).to.deep.equal({
      runId: at(29),
      key: keyOf(at(29), undefined),
      label: `${at(29)} | SP60 | Global`,
      status: "RUNNING",
      isFinal: false,
      isDeleted: false,
    });
    expect(world.stores.calls.length).to.equal(3);
    world.stores.calls.length = 0;
    await pageOfRuns(world.store, { limit: 10, after: next, ...shown }, world);
    expect(world.stores.calls.length).to.equal(3);
  });

  it("passes a thousand deleted runs in five calls, and shows none of them", async () => {
    const world = new World();
    for (let each = 0; each < 1_100; each += 1) {
      const id = String(20_261_121_000_000 + each);
      await launched(world, id, { is_deleted: each >= 100 });
    }
    world.stores.calls.length = 0;
    const { entries } = await pageOfRuns(world.store, { limit: 50, ...shown }, world);
    expect(entries.length).to.equal(50);
    expect(entries[0]?.runId).to.equal("20261121000099");
    expect(world.stores.calls.length).to.equal(5);
  });

  it("finds runs written out of band at once where their id says when", async () => {
    const world = new World();
    await launched(world, at(1));
    await launched(world, at(3));
    planted(world, at(0));
    planted(world, at(2));
    planted(world, `verify-${at(4)}`);
    expect(await allPages(world, 2)).to.deep.equal([`verify-${at(4)}`, at(3), at(2), at(1), at(0)]);
    world.stores.calls.length = 0;
    const page = await pageOfRuns(world.store, { limit: 10, ...shown }, world);
    expect(page.entries[0]?.label).to.equal(`verify-${at(4)} | SP60 | Global`);
    expect(world.stores.calls.length).to.equal(3);
  });

  it("finds others within a sweep", async () => {
    const world = new World();
    await launched(world, at(1));
    planted(world, "mine", { created_at: "2026-11-21T23:00:00.000000+00:00" });
    expect(await allPages(world, 5)).to.deep.equal([at(1)]);
    expect(await sweep(world.store, world)).to.deep.equal({ folders: 2, added: 1, removed: 0 });
    expect(await allPages(world, 5)).to.deep.equal(["mine", at(1)]);
    expect(await sweep(world.store, world)).to.deep.equal({ folders: 2, added: 0, removed: 0 });
  });

  it("forgets runs whose objects are gone, within a sweep", async () => {
    const world = new World();
    await launched(world, at(1));
    world.stores.objects.clear();
    await launched(world, at(2));
    await launched(world, "gone");
    const { generation } = world.stores.objects.get("public/gone/run.json") ?? { generation: "" };
    await world.store.remove("gone/run.json", generation);
    expect(await sweep(world.store, world)).to.deep.equal({ folders: 1, added: 0, removed: 1 });
    expect(await allPages(world, 5)).to.deep.equal([at(2)]);
  });

  it("looks at no stranger that is not on the page", async () => {
    const world = new World();
    await launched(world, `${at(3)}-a`);
    await launched(world, `${at(2)}-a`);
    await launched(world, `${at(1)}-a`);
    // Of the second in which the page ends, and behind its end; and of no time that its id says.
    planted(world, `${at(2)}-b`);
    planted(world, "202611211");
    world.stores.calls.length = 0;
    const { entries } = await pageOfRuns(world.store, { limit: 1, ...shown }, world);
    expect(entries.map(({ runId }) => runId)).to.deep.equal([`${at(3)}-a`]);
    expect(world.stores.calls.length).to.equal(3);
    expect(await allPages(world, 1)).to.deep.equal(
      [3, 2].map((minute) => `${at(minute)}-a`).concat(`${at(2)}-b`, `${at(1)}-a`),
    );
  });

  it("takes the label of such a run from its artifacts", async () => {
    const world = new World();
    planted(world, at(1));
    const artifact = (name: string, value: object) =>
      world.stores.plant(`public/${at(1)}/artifacts/${name}.json`, JSON.stringify(value));
    artifact("company_profile", { company_name: "Acme", geography: "Norway" });
    artifact("focal_issue", { scope: { geography: "Nordics", time_horizon_months: 48 } });
    const { entries } = await pageOfRuns(world.store, { limit: 5, ...shown }, world);
    expect(entries[0]?.label).to.equal("Acme | SP48 | Nordics");
  });

  it("looks over what is in such a folder and is no run", async () => {
    const world = new World();
    world.stores.plant(`public/${at(1)}/run.json`, "nonsense");
    world.stores.plant(`public/${at(2)}/inputs.json`, "{}");
    world.stores.plant(`public/vectordb/run.json.bak`, "{}");
    expect(await allPages(world, 5)).to.deep.equal([]);
  });

  it("shows every run once, newest first, whoever wrote it, for any history and any page", async () => {
    const history = fc.array(
      fc.record({
        minute: fc.nat(20),
        // Of one second, as ids of ours may be.
        suffix: fc.constantFrom("", "-a", "-b"),
        form: fc.constantFrom("ours", "named", "planted", "verify", "deleted", "empty"),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 12 }), async (runs, limit) => {
        const world = new World();
        const expected = new Set<string>();
        for (const { minute, suffix, form } of runs) {
          const time = `${at(minute)}${suffix}`;
          const id = form === "verify" ? `verify-${time}` : form === "named" ? `n${time}` : time;
          if (world.stores.names(`public/${id}/`).length > 0) continue;
          const created = `2026-11-21T1${String(minute)}`;
          if (form === "empty") world.stores.plant(`public/${id}/inputs.json`, "{}");
          else if (form === "planted" || form === "verify") planted(world, id);
          else await launched(world, id, form === "named" ? { created_at: created } : {});
          if (form === "deleted") await remove(world, id);
          else if (form !== "empty") expected.add(id);
        }
        const ids = await allPages(world, limit);
        expect([...ids].sort()).to.deep.equal([...expected].sort());
        const keys = ids.map((id) => {
          const run = world.stores.json(`public/${id}/run.json`) as { created_at?: string };
          return keyOf(id, run.created_at);
        });
        expect(keys).to.deep.equal(keys.toSorted());
      }),
      { numRuns: 500 },
    );
  });

  it("costs the same at any number of runs, on the first page and on the last", async () => {
    const calls: number[] = [];
    for (const total of [100, 5_000]) {
      const world = new World();
      for (let each = 0; each < total; each += 1) {
        await launched(world, String(20_261_121_000_000 + each));
      }
      for (const after of [undefined, keyOf("20261121000020", undefined)]) {
        world.stores.calls.length = 0;
        await pageOfRuns(world.store, { limit: 50, after, ...shown }, world);
        calls.push(world.stores.calls.length);
      }
    }
    expect(calls).to.deep.equal([3, 3, 3, 3]);
  });
});

describe("pageOfRuns, over Google's client", () => {
  it("lists ours and others' runs, a page with three requests", async () => {
    const served = await ServedStorage.start();
    const place = { bucket: served.bucket, prefix: "scenarioforge/runs" };
    const store = cloudRunStores(place, () => served.client()).of("public");
    const world = new World();
    for (const minute of [1, 3]) await launched(world, at(minute), {}, store);
    await served.fixture.put(`scenarioforge/runs/public/verify-${at(2)}/run.json`, "{}");
    const ids = async () => {
      const { entries } = await pageOfRuns(store, { limit: 10, ...shown }, world);
      return entries.map(({ runId }) => runId);
    };
    const expected = [at(3), `verify-${at(2)}`, at(1)];
    expect(await ids()).to.deep.equal(expected);
    served.requests.length = 0;
    expect(await ids()).to.deep.equal(expected);
    expect(served.requests.length).to.equal(3);
    served.stop();
  });
});
