import { expect } from "chai";
import { MAX_SOFT_DELETED } from "../../../../local/google/storage/buckets/soft-deleted.ts";
import type { DeletionRule } from "../../../../local/google/storage/buckets/settings.ts";
import { BUCKET, OBJECTS, SETTINGS, StorageFixture, type Resource } from "./bucket.ts";

const DAY = 24 * 60 * 60;
const FIRST = 1_767_225_600_000_000;

describe("what Cloud Storage keeps of an object", () => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture();
  });
  afterEach(() => fixture.storage.stop());

  const wait = (days: number): Promise<void> =>
    fixture.cloud.clock.advance({ seconds: days * DAY });

  async function list(query: string): Promise<unknown[]> {
    const { body } = await fixture.ask("GET", `${OBJECTS}?${query}`);
    return (body.items ?? []).map(({ name, generation }) => [name, Number(generation) - FIRST]);
  }

  async function readOf(generation: number): Promise<string | number> {
    const { status, bytes } = await fixture.get("a", `alt=media&generation=${FIRST + generation}`);
    return status === 200 ? bytes.toString() : status;
  }

  describe("with versioning", () => {
    const declare = (...lifecycle: DeletionRule[]): void =>
      fixture.storage.declareBucket({ name: BUCKET, ...SETTINGS, versioning: true, lifecycle });

    beforeEach(() => declare());

    it("is every generation, that which was overwritten and that which was deleted", async () => {
      await fixture.put("a", "1");
      await fixture.put("a", "2");
      await fixture.delete("a");
      expect(await fixture.read("a")).to.equal(404);
      expect(await fixture.names()).to.deep.equal([]);
      expect(await list("versions=true")).to.deep.equal([
        ["a", 0],
        ["a", 1],
      ]);
      expect([await readOf(0), await readOf(1)]).to.deep.equal(["1", "2"]);
    });

    it("tells when a generation ceased to be live", async () => {
      await fixture.put("a", "1");
      await wait(1);
      await fixture.delete("a");
      const { body } = await fixture.get("a", `generation=${FIRST}`);
      expect(body.timeDeleted).to.equal("2026-01-02T00:00:00.000Z");
    });

    it("is gone when one generation is deleted by its number", async () => {
      await fixture.put("a", "1");
      await fixture.put("a", "2");
      expect((await fixture.delete("a", `generation=${FIRST}`)).status).to.equal(204);
      expect(await list("versions=true")).to.deep.equal([["a", 1]]);
      expect((await fixture.delete("a", `generation=${FIRST + 1}`)).status).to.equal(204);
      expect(await list("versions=true")).to.deep.equal([]);
    });

    it("can be described and copied into life again", async () => {
      await fixture.put("a", "1");
      await fixture.put("a", "2");
      const old = `${OBJECTS}/a?generation=${FIRST}`;
      const patched = await fixture.ask("PATCH", old, { body: { metadata: { old: "yes" } } });
      expect(patched.body.metageneration).to.equal("2");
      expect((await fixture.get("a")).body.metadata).to.equal(undefined);
      const copy = `${OBJECTS}/a/copyTo/b/${BUCKET}/o/a?sourceGeneration=${FIRST}`;
      expect((await fixture.ask("POST", copy)).body.metadata).to.deep.equal({ old: "yes" });
      expect(await fixture.read("a")).to.equal("1");
      expect(await list("versions=true")).to.have.length(3);
    });

    it("is listed by pages without a gap and without a repetition", async () => {
      for (const name of ["a", "b", "b", "b", "c/d"]) await fixture.put(name, "x");
      const seen: unknown[] = [];
      let pageToken = "";
      do {
        const query = `versions=true&maxResults=1&delimiter=/&pageToken=${pageToken}`;
        const { body } = await fixture.ask("GET", `${OBJECTS}?${query}`);
        const page = body as Resource & { prefixes?: string[]; nextPageToken?: string };
        seen.push(...(page.items ?? []).map(({ generation }) => Number(generation) - FIRST));
        seen.push(...(page.prefixes ?? []));
        pageToken = page.nextPageToken ?? "";
      } while (pageToken !== "");
      expect(seen).to.deep.equal([0, 1, 2, 3, "c/"]);
    });

    it("keeps its bucket from being deleted", async () => {
      await fixture.put("a", "1");
      await fixture.delete("a");
      const url = OBJECTS.replace(/\/o$/, "");
      expect((await fixture.ask("DELETE", url)).status).to.equal(409);
      await fixture.delete("a", `generation=${FIRST}`);
      expect((await fixture.ask("DELETE", url)).status).to.equal(204);
    });

    it("stays when the bucket has no versions any more, and then there are no new ones", async () => {
      await fixture.put("a", "1");
      await fixture.put("a", "2");
      fixture.storage.declareBucket({ name: BUCKET, ...SETTINGS, versioning: false });
      await fixture.put("a", "3");
      expect(await list("versions=true")).to.deep.equal([
        ["a", 0],
        ["a", 2],
      ]);
    });

    it("is not more than the newest that a rule leaves", async () => {
      declare({ isLive: false, numNewerVersions: 2 });
      for (const text of ["1", "2", "3", "4"]) await fixture.put("a", text);
      await wait(0);
      expect(await list("versions=true")).to.deep.equal([
        ["a", 2],
        ["a", 3],
      ]);
    });

    it("goes so many days after it ceased to be live", async () => {
      declare({ daysSinceNoncurrent: 3 });
      await fixture.put("a", "1");
      await wait(10);
      await fixture.put("a", "2");
      await wait(2);
      expect(await list("versions=true")).to.have.length(2);
      await wait(1);
      expect(await list("versions=true")).to.deep.equal([["a", 10 * DAY * 1e6]]);
    });

    it("is first made noncurrent by a rule that meets what is live, and the names decide", async () => {
      declare({ ageDays: 1, isLive: true, matchesPrefix: ["a"], matchesSuffix: [".tmp"] });
      for (const name of ["a.tmp", "b.tmp", "a.txt"]) await fixture.put(name, "x");
      await wait(1);
      expect(await fixture.names()).to.deep.equal(["a.txt", "b.tmp"]);
      expect(await list("versions=true&prefix=a.tmp")).to.have.length(1);
    });
  });

  describe("with soft delete", () => {
    beforeEach(() =>
      fixture.storage.declareBucket({ name: BUCKET, ...SETTINGS, softDeleteSeconds: 7 * DAY }),
    );

    const restore = (generation: number, query = "") =>
      fixture.ask("POST", `${OBJECTS}/a/restore?generation=${FIRST + generation}${query}`);

    it("is what was overwritten and what was deleted, in a list of its own", async () => {
      await fixture.put("a", "1");
      await fixture.put("a", "2");
      await fixture.delete("a");
      expect(await fixture.names()).to.deep.equal([]);
      expect(await list("versions=true")).to.deep.equal([]);
      expect(await list("softDeleted=true")).to.deep.equal([
        ["a", 0],
        ["a", 1],
      ]);
      expect(await readOf(0)).to.equal(404);
    });

    it("tells until when it can be restored, and not its content", async () => {
      await fixture.put("a", "1");
      await fixture.delete("a");
      const query = `softDeleted=true&generation=${FIRST}`;
      const { body } = await fixture.get("a", query);
      const { softDeleteTime, hardDeleteTime } = body;
      expect({ softDeleteTime, hardDeleteTime }).to.deep.equal({
        softDeleteTime: "2026-01-01T00:00:00.000Z",
        hardDeleteTime: "2026-01-08T00:00:00.000Z",
      });
      expect((await fixture.get("a", `${query}&alt=media`)).status).to.equal(400);
      expect((await fixture.get("a", "softDeleted=true")).status).to.equal(400);
    });

    it("comes back as a new generation, and what is live then is kept in its turn", async () => {
      await fixture.put("a", "1");
      await fixture.ask("PATCH", `${OBJECTS}/a`, { body: { metadata: { m: "1" } } });
      await fixture.put("a", "2");
      const { status, body } = await restore(0);
      expect([status, body.metageneration, body.metadata, body.softDeleteTime]).to.deep.equal([
        200,
        "1",
        { m: "1" },
        undefined,
      ]);
      expect(await fixture.read("a")).to.equal("1");
      expect(await list("softDeleted=true")).to.deep.equal([
        ["a", 0],
        ["a", 1],
      ]);
      expect((await restore(1, "&ifGenerationMatch=0")).status).to.equal(412);
      expect((await restore(5)).status).to.equal(404);
    });

    it("is gone when its time is over", async () => {
      await fixture.put("a", "1");
      await fixture.delete("a");
      await wait(7);
      expect(await list("softDeleted=true")).to.deep.equal([]);
      expect((await restore(0)).status).to.equal(404);
    });

    it("does not keep its bucket, and is not what was moved away", async () => {
      await fixture.put("a", "1");
      await fixture.ask("POST", `${OBJECTS}/a/moveTo/o/b`);
      expect(await list("softDeleted=true")).to.deep.equal([]);
      await fixture.delete("b");
      expect((await fixture.ask("DELETE", OBJECTS.replace(/\/o$/, ""))).status).to.equal(204);
    });

    it("has bounds: the oldest make room", async () => {
      for (let n = 0; n <= MAX_SOFT_DELETED; n += 1) {
        fixture.storage.putObject(BUCKET, `n${n}`, Buffer.from("x"), "");
        await fixture.delete(`n${n}`);
      }
      const first = await fixture.ask("GET", `${OBJECTS}?softDeleted=true&prefix=n0`);
      expect(first.body.items).to.equal(undefined);
      for (let n = 0; n < 3; n += 1) {
        fixture.storage.putObject(BUCKET, `large${n}`, Buffer.alloc(30 * 1024 * 1024), "");
        await fixture.delete(`large${n}`);
      }
      expect((await list("softDeleted=true")).map((each) => (each as string[])[0])).to.deep.equal([
        "large1",
        "large2",
      ]);
    });

    it("is with versioning only what was deleted for good", async () => {
      const kept = { softDeleteSeconds: 7 * DAY, versioning: true };
      fixture.storage.declareBucket({ name: BUCKET, ...SETTINGS, ...kept });
      await fixture.put("a", "1");
      await fixture.put("a", "2");
      expect(await list("softDeleted=true")).to.deep.equal([]);
      await fixture.delete("a", `generation=${FIRST}`);
      expect(await list("softDeleted=true")).to.deep.equal([["a", 0]]);
      const both = await fixture.ask("GET", `${OBJECTS}?versions=true&softDeleted=true`);
      expect(both.status).to.equal(400);
    });
  });
});
