import { expect } from "chai";
import { cloudRunStores } from "../../../functions/scenarios/adapters/cloud-run-store.ts";
import { NOTHING, type RunStore } from "../../../functions/scenarios/run-store.ts";
import { RunStoresInMemory } from "../../support/run-store-in-memory.ts";
import { ServedStorage } from "./served-storage.ts";

let served: ServedStorage;
before(async () => {
  served = await ServedStorage.start();
});
after(() => served.stop());

const inStorage = (tenant: string, prefix: string): RunStore =>
  cloudRunStores({ bucket: served.bucket, prefix }, () => served.client()).of(tenant);
const text = (content: string, metadata?: Record<string, string>) => ({
  bytes: Buffer.from(content),
  contentType: "text/plain",
  ...(metadata !== undefined && { metadata }),
});

let round = 0;
for (const [what, make] of [
  ["cloudRunStores, over Google's client", () => inStorage("public", `runs-${(round += 1)}`)],
  ["RunStoresInMemory", () => new RunStoresInMemory().of("public")],
] as const) {
  describe(what, () => {
    let store: RunStore;
    beforeEach(() => {
      store = make();
    });

    it("creates once, and reads what it created with its generation", async () => {
      const generation = await store.put("r/run.json", text("1"), NOTHING);
      expect(await store.put("r/run.json", text("2"), NOTHING)).to.equal(undefined);
      const bytes = Buffer.from("1");
      expect(await store.get("r/run.json")).to.deep.equal({
        bytes,
        contentType: "text/plain",
        generation,
      });
    });

    it("reads nothing where there is nothing", async () => {
      expect(await store.get("r/run.json")).to.equal(undefined);
    });

    it("reads what is large without a word of Node's in the log", async () => {
      const warnings: Error[] = [];
      const note = (warning: Error) => void warnings.push(warning);
      process.on("warning", note);
      try {
        await store.put("r/a.json", text("a".repeat(1_000_000)), NOTHING);
        expect((await store.get("r/a.json"))?.bytes.length).to.equal(1_000_000);
        // Node emits them a turn later.
        await new Promise(setImmediate);
      } finally {
        process.off("warning", note);
      }
      expect(warnings).to.deep.equal([]);
    });

    it("reads an empty object", async () => {
      await store.put("r/events.jsonl", text(""), NOTHING);
      expect((await store.get("r/events.jsonl"))?.bytes.length).to.equal(0);
    });

    it("replaces the generation that it knows, and no other", async () => {
      const first = (await store.put("a", text("1"), NOTHING)) ?? "";
      const second = await store.put("a", text("2"), first);
      expect(await store.put("a", text("3"), first)).to.equal(undefined);
      expect(await store.put("b", text("3"), first)).to.equal(undefined);
      expect((await store.get("a"))?.generation).to.equal(second);
    });

    it("removes the generation that it knows, and no other", async () => {
      const first = (await store.put("a", text("1"), NOTHING)) ?? "";
      const second = (await store.put("a", text("2"), first)) ?? "";
      await store.remove("a", first);
      expect(await store.get("a")).not.to.equal(undefined);
      await store.remove("a", second);
      await store.remove("a", second);
      expect(await store.get("a")).to.equal(undefined);
    });

    it("lists objects with their metadata, of whatever script", async () => {
      const generation = await store.put("x/a", text("1", { label: "Société 日本" }), NOTHING);
      await store.put("y/b", text("1"), NOTHING);
      expect(await store.list({ prefix: "x/" })).to.deep.equal({
        objects: [{ path: "x/a", generation, metadata: { label: "Société 日本" } }],
        folders: [],
        token: undefined,
      });
    });

    it("lists folders, from one path to another, page by page", async () => {
      for (const path of ["a/1", "b/1", "b/2", "c/1", "c", "d/1"]) {
        await store.put(path, text("1"), NOTHING);
      }
      const query = { prefix: "", isShallow: true, from: "b", until: "d", max: 2 } as const;
      const first = await store.list(query);
      const shown = ({ objects, folders }: typeof first) => [
        ...objects.map(({ path }) => path),
        ...folders,
      ];
      expect(shown(first).sort()).to.deep.equal(["b/", "c"]);
      const second = await store.list({ ...query, token: first.token ?? "" });
      expect([shown(second), second.token]).to.deep.equal([["c/"], undefined]);
    });
  });
}

describe("cloudRunStores", () => {
  it("asks Cloud Storage once for each call", async () => {
    const store = inStorage("public", "counted");
    served.requests.length = 0;
    await store.put("a", text("1"), NOTHING);
    await store.get("a");
    await store.list({ prefix: "" });
    expect(served.requests.length).to.equal(3);
  });

  it("asks again where a connection that was kept is closed as it asks", async () => {
    const store = inStorage("public", "closed");
    const known = (await store.put("known", text("1"), NOTHING)) ?? "";
    const gone = (await store.put("gone", text("1"), NOTHING)) ?? "";
    const asks = [
      () => store.get("known"),
      () => store.list({ prefix: "known" }),
      () => store.put("known", text("2"), known),
      () => store.remove("gone", gone),
    ] as const;
    // A connection for each.
    await Promise.all(asks.map(() => store.list({ prefix: "" })));
    served.closeIdle();
    await Promise.all(asks.map((ask) => ask()));
    expect((await store.get("known"))?.bytes.toString()).to.equal("2");
    expect((await store.list({ prefix: "" })).objects.map(({ path }) => path)).to.deep.equal([
      "known",
    ]);
  });

  it("keeps tenants apart", async () => {
    await inStorage("t1", "runs").put("r/run.json", text("1"), NOTHING);
    const other = inStorage("t", "runs");
    expect(await other.get("r/run.json")).to.equal(undefined);
    expect((await other.list({ prefix: "" })).objects).to.deep.equal([]);
  });
});
