import { expect } from "chai";
import type { Timer } from "../../../../local/clock.ts";
import { API, BUCKET, SETTINGS, StorageFixture, refusalIn } from "./bucket.ts";

const DAY = 24 * 60 * 60;
const PROJECT = "project=switchyard-dev";

describe("buckets of Cloud Storage", () => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture();
  });
  afterEach(() => fixture.storage.stop());

  it("show what is declared", async () => {
    const created = "2026-01-01T00:00:00.000Z";
    expect((await fixture.ask("GET", `${API}/b/${BUCKET}`)).body).to.deep.equal({
      kind: "storage#bucket",
      id: BUCKET,
      selfLink: `https://www.googleapis.com/storage/v1/b/${BUCKET}`,
      name: BUCKET,
      projectNumber: "223080314602",
      location: "US-CENTRAL1",
      locationType: "region",
      storageClass: "STANDARD",
      metageneration: "1",
      etag: "MQ==",
      timeCreated: created,
      updated: created,
      iamConfiguration: {
        uniformBucketLevelAccess: { enabled: true },
        publicAccessPrevention: "enforced",
      },
      softDeletePolicy: { retentionDurationSeconds: "0", effectiveTime: created },
    });
  });

  it("keep their objects when they are declared anew, and lose them when they are removed", async () => {
    await fixture.put("a", "1");
    fixture.storage.declareBucket({ name: BUCKET, ...SETTINGS, labels: { system: "x" } });
    expect(await fixture.read("a")).to.equal("1");
    expect((await fixture.ask("GET", `${API}/b/${BUCKET}`)).body.labels).to.deep.equal({
      system: "x",
    });
    fixture.storage.removeBucket(BUCKET);
    fixture.storage.declareBucket({ name: BUCKET, ...SETTINGS });
    expect(await fixture.names()).to.deep.equal([]);
  });

  it("that do not exist are not found, whatever is asked", async () => {
    for (const path of ["nobody", "nobody/o", "nobody/o/a", "nobody/o/a?alt=media"]) {
      const answer = await fixture.ask("GET", `${API}/b/${path}`);
      expect(refusalIn(answer), path).to.deep.include({
        status: 404,
        message: "The specified bucket does not exist.",
      });
    }
  });

  it("take objects of the local cloud itself", async () => {
    fixture.storage.putObject(BUCKET, "tools/tofu.zip", Buffer.from("zip"), "application/zip");
    const { headers, bytes } = await fixture.get("tools/tofu.zip", "alt=media");
    expect([bytes.toString(), headers["content-type"]]).to.deep.equal(["zip", "application/zip"]);
    expect(fixture.cloud.questions.map(({ permission }) => permission)).to.deep.equal([
      "storage.objects.get",
    ]);
    const larger = Buffer.from("a zip in something larger");
    fixture.storage.putObject(BUCKET, "part", larger.subarray(2, 5), "application/zip");
    larger.fill(0);
    expect(await fixture.read("part")).to.equal("zip");
    const nowhere = () => fixture.storage.putObject("nobody", "a", Buffer.alloc(0), "");
    expect(nowhere).to.throw("There is no bucket nobody.");
  });

  it("are created, listed, patched and deleted", async () => {
    const insert = (body: object) => fixture.ask("POST", `${API}/b?${PROJECT}`, { body });
    const created = await insert({ name: "another", location: "EU", labels: { a: "1", b: "2" } });
    expect([created.status, created.body.locationType]).to.deep.equal([200, "multi-region"]);
    expect((await insert({ name: "another" })).status).to.equal(409);
    const { body } = await fixture.ask("GET", `${API}/b?${PROJECT}`);
    expect(body.items?.map(({ name }) => name)).to.deep.equal(["another", BUCKET]);

    const url = `${API}/b/another`;
    const patch = { labels: { a: null, c: "3" }, lifecycle: { rule: [deleteAfter(3, "x/")] } };
    const patched = await fixture.ask("PATCH", `${url}?ifMetagenerationMatch=1`, { body: patch });
    const { labels, lifecycle, metageneration } = patched.body;
    expect({ labels, lifecycle, metageneration }).to.deep.equal({
      labels: { b: "2", c: "3" },
      lifecycle: patch.lifecycle,
      metageneration: "2",
    });
    expect((await fixture.ask("DELETE", `${url}?ifMetagenerationMatch=1`)).status).to.equal(412);
    expect((await fixture.ask("DELETE", url)).status).to.equal(204);
    expect((await fixture.ask("GET", url)).status).to.equal(404);
  });

  it("are shown, patched and deleted only where the metageneration is none that was excluded", async () => {
    const url = `${API}/b/${BUCKET}`;
    const asking = async (method: string, query: string): Promise<number> => {
      const body = method === "PATCH" ? { labels: { a: "1" } } : undefined;
      return (await fixture.ask(method, `${url}?${query}`, { body })).status;
    };
    for (const method of ["GET", "PATCH", "DELETE"]) {
      expect(await asking(method, "ifMetagenerationNotMatch=1"), method).to.equal(304);
    }
    expect(await asking("GET", "ifMetagenerationNotMatch=2")).to.equal(200);
    expect(await asking("PATCH", "ifMetagenerationNotMatch=2")).to.equal(200);
    expect(await asking("GET", "ifMetagenerationNotMatch=2")).to.equal(304);
    expect(await asking("DELETE", "ifMetagenerationNotMatch=1")).to.equal(204);
  });

  it("are deleted only when they are empty", async () => {
    await fixture.put("a", "1");
    const url = `${API}/b/${BUCKET}`;
    expect(refusalIn(await fixture.ask("DELETE", url))).to.deep.include({ status: 409 });
    await fixture.delete("a");
    expect((await fixture.ask("DELETE", url)).status).to.equal(204);
  });

  const refused: [body: object, status: number][] = [
    [{ name: "Capital" }, 400],
    [{ name: "ab" }, 400],
    [{ name: "goog-bucket" }, 400],
    [{ name: "192.168.5.4" }, 400],
    [{ name: "held", retentionPolicy: { retentionPeriod: "60" } }, 501],
    [{ name: "kept", softDeletePolicy: { retentionDurationSeconds: "60" } }, 400],
    [{ name: "rule", lifecycle: { rule: [{ action: { type: "Delete" }, condition: {} }] } }, 501],
    [{ name: "cold", storageClass: "COLDLINE" }, 501],
  ];
  for (const [body, status] of refused) {
    it(`are refused as ${JSON.stringify(body)}`, async () => {
      expect((await fixture.ask("POST", `${API}/b?${PROJECT}`, { body })).status).to.equal(status);
    });
  }

  it("of the API keep for seven days what is deleted, until they are told otherwise", async () => {
    const url = `${API}/b/kept`;
    const inserted = await fixture.ask("POST", `${API}/b?${PROJECT}`, { body: { name: "kept" } });
    expect(inserted.body.softDeletePolicy).to.deep.include({ retentionDurationSeconds: "604800" });
    const body = {
      softDeletePolicy: { retentionDurationSeconds: 0 },
      versioning: { enabled: true },
    };
    const patched = await fixture.ask("PATCH", url, { body });
    expect(patched.body.softDeletePolicy).to.deep.include({ retentionDurationSeconds: "0" });
    expect(patched.body.versioning).to.deep.equal({ enabled: true });
  });

  describe("with rules of deletion", () => {
    const declare = (...lifecycle: { ageDays: number; matchesPrefix?: string[] }[]) =>
      fixture.storage.declareBucket({ name: BUCKET, ...SETTINGS, lifecycle });
    const wait = (days: number) => fixture.cloud.clock.advance({ seconds: days * DAY });

    it("delete objects that are old enough and whose names begin so", async () => {
      declare({ ageDays: 1, matchesPrefix: ["leases/"] }, { ageDays: 7 });
      await fixture.put("leases/a", "1");
      await fixture.put("plans/a", "1");
      await wait(0.5);
      await fixture.put("leases/b", "1");
      await wait(0.5);
      expect(await fixture.names()).to.deep.equal(["leases/b", "plans/a"]);
      await wait(0.5);
      expect(await fixture.names()).to.deep.equal(["plans/a"]);
      await wait(5.5);
      expect(await fixture.names()).to.deep.equal([]);
    });

    it("count from an object's latest generation", async () => {
      declare({ ageDays: 1 });
      await fixture.put("a", "1");
      await wait(0.75);
      await fixture.put("a", "2");
      await wait(0.75);
      expect(await fixture.read("a")).to.equal("2");
      await wait(0.25);
      expect(await fixture.read("a")).to.equal(404);
    });

    it("end with their bucket, and with Cloud Storage", async () => {
      const { clock } = fixture.cloud;
      const pending = new Set<Timer>();
      const at = clock.at.bind(clock);
      clock.at = (time, action) => {
        const timer = at(time, action);
        pending.add(timer);
        const cancel = (): void => {
          pending.delete(timer);
          timer.cancel();
        };
        return { cancel };
      };
      declare({ ageDays: 1 });
      await fixture.put("a", "1");
      expect(pending.size).to.equal(1);
      fixture.storage.removeBucket(BUCKET);
      expect(pending.size).to.equal(0);

      declare({ ageDays: 1 });
      await fixture.put("a", "2");
      fixture.storage.stop();
      expect(pending.size).to.equal(0);
      await wait(2);
      expect(await fixture.read("a")).to.equal("2");
    });

    it("hold for objects that are there when the rules come, and no longer when they go", async () => {
      await fixture.put("a", "1");
      declare({ ageDays: 2 });
      await wait(1);
      declare();
      await wait(5);
      expect(await fixture.names()).to.deep.equal(["a"]);
      declare({ ageDays: 2 });
      expect(await fixture.names()).to.deep.equal([]);
    });
  });
});

function deleteAfter(age: number, prefix: string): object {
  return { action: { type: "Delete" }, condition: { age, matchesPrefix: [prefix] } };
}
