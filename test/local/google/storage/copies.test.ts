import { expect } from "chai";
import fc from "fast-check";
import { BUCKET, INSERT, OBJECTS, SETTINGS, StorageFixture, type Answer } from "./bucket.ts";

const FAR = "switchyard-dev-far";
const MIB = 1024 * 1024;

describe("copies of objects of Cloud Storage", () => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture();
    fixture.storage.declareBucket({ name: FAR, ...SETTINGS, location: "europe-west1" });
  });

  const post = (path: string, body?: object): Promise<Answer> =>
    fixture.ask("POST", `${OBJECTS}/${path}`, { body });

  async function described(name: string, contentType: string): Promise<Answer> {
    const url = `${INSERT}?uploadType=media&name=${name}`;
    await fixture.ask("POST", url, { headers: { "content-type": contentType }, body: "hello" });
    return fixture.ask("PATCH", `${OBJECTS}/${name}`, { body: { metadata: { a: "1" } } });
  }

  it("have bytes, checksums and metadata of the source, and a generation and times of their own", async () => {
    const source = await described("a", "text/x");
    await fixture.cloud.clock.advance({ seconds: 1 });
    const { status, body } = await post(`a/copyTo/b/${BUCKET}/o/b`);
    expect([status, await fixture.read("b")]).to.deep.equal([200, "hello"]);
    const { contentType, metadata, crc32c, md5Hash, metageneration, timeCreated } = body;
    expect({ contentType, metadata, crc32c, md5Hash, metageneration, timeCreated }).to.deep.equal({
      contentType: "text/x",
      metadata: { a: "1" },
      crc32c: source.body.crc32c,
      md5Hash: source.body.md5Hash,
      metageneration: "1",
      timeCreated: "2026-01-01T00:00:01.000Z",
    });
    expect(Number(body.generation)).to.be.greaterThan(Number(source.body.generation));
  });

  it("have only the metadata that they are given, where they are given any", async () => {
    await described("a", "text/x");
    const { body } = await post(`a/copyTo/b/${BUCKET}/o/b`, { cacheControl: "no-store" });
    expect([body.cacheControl, body.contentType, body.metadata]).to.deep.equal([
      "no-store",
      undefined,
      undefined,
    ]);
  });

  it("need what their preconditions say, of the source and of the destination", async () => {
    const { generation = "" } = (await fixture.put("a", "1")).body;
    await fixture.put("b", "2");
    const outcomes: [query: string, status: number][] = [
      ["ifGenerationMatch=0", 412],
      ["ifSourceGenerationMatch=1", 412],
      [`ifSourceGenerationNotMatch=${generation}`, 304],
      ["ifSourceMetagenerationMatch=2", 412],
      ["sourceGeneration=1", 404],
      [`sourceGeneration=${generation}&ifSourceMetagenerationMatch=1`, 200],
    ];
    for (const verb of ["copyTo", "rewriteTo"]) {
      for (const [query, status] of outcomes) {
        const answer = await post(`a/${verb}/b/${BUCKET}/o/b?${query}`);
        expect(answer.status, `${verb} ${query}`).to.equal(status);
      }
    }
    expect(await fixture.read("b")).to.equal("1");
  });

  it("go nowhere that does not exist, and to no name that an object may not have", async () => {
    await fixture.put("a", "1");
    expect((await post("a/copyTo/b/nobody/o/b")).status).to.equal(404);
    expect((await post(`a/copyTo/b/${BUCKET}/o/%0A`)).status).to.equal(400);
    expect((await post(`missing/copyTo/b/${BUCKET}/o/b`)).status).to.equal(404);
  });

  describe("by rewriting", () => {
    it("are done in one request, within a location whatever it asks for", async () => {
      await fixture.put("a", "x".repeat(2 * MIB));
      for (const to of [`${BUCKET}/o/b?maxBytesRewrittenPerCall=${MIB}`, `${FAR}/o/b`]) {
        const { resource, ...progress } = (await post(`a/rewriteTo/b/${to}`)).body;
        expect(progress, to).to.deep.equal({
          kind: "storage#rewriteResponse",
          totalBytesRewritten: String(2 * MIB),
          objectSize: String(2 * MIB),
          done: true,
        });
        expect(resource, to).to.deep.include({ name: "b", size: String(2 * MIB) });
      }
    });

    it("take as many requests between locations as they are allowed bytes, and end as one object", async () => {
      await fixture.put("a", "x".repeat(2 * MIB + 1));
      const path = `a/rewriteTo/b/${FAR}/o/b?maxBytesRewrittenPerCall=${MIB}`;
      const first = (await post(path)).body;
      const second = (await post(`${path}&rewriteToken=${String(first.rewriteToken)}`)).body;
      const gone = await fixture.ask("GET", `${OBJECTS.replace(BUCKET, FAR)}/b`);
      expect(gone.status).to.equal(404);
      // Whoever overwrites the source in between does not change what is copied, but ends it.
      const last = (await post(`${path}&rewriteToken=${String(second.rewriteToken)}`)).body;
      expect(
        [first, second, last].map(({ totalBytesRewritten, done }) => [totalBytesRewritten, done]),
      ).to.deep.equal([
        [String(MIB), false],
        [String(2 * MIB), false],
        [String(2 * MIB + 1), true],
      ]);
    });

    it("refuse a token of another rewrite, one that is none, and steps that are no mebibytes", async () => {
      await fixture.put("a", "x".repeat(2 * MIB));
      const path = `a/rewriteTo/b/${FAR}/o`;
      const query = `maxBytesRewrittenPerCall=${MIB}`;
      const { rewriteToken } = (await post(`${path}/b?${query}`)).body;
      const refused = [
        `${path}/c?rewriteToken=${String(rewriteToken)}`,
        `${path}/b?rewriteToken=x`,
        `${path}/b?maxBytesRewrittenPerCall=${MIB + 1}`,
        `${path}/b?maxBytesRewrittenPerCall=0`,
      ];
      for (const each of refused) expect((await post(each)).status, each).to.equal(400);
      await fixture.put("a", "y".repeat(2 * MIB));
      const late = await post(`${path}/b?${query}&rewriteToken=${String(rewriteToken)}`);
      expect(late.status).to.equal(404);
    });
  });

  describe("by moving", () => {
    it("leave nothing behind, and replace what is there", async () => {
      await described("a", "text/x");
      await fixture.put("b", "2");
      const { status, body } = await post("a/moveTo/o/b");
      expect([status, body.name, body.contentType, body.metageneration]).to.deep.equal([
        200,
        "b",
        "text/x",
        "1",
      ]);
      expect([await fixture.names(), await fixture.read("b")]).to.deep.equal([["b"], "hello"]);
    });

    it("need the permission to move, or those to read and delete what is moved", async () => {
      await fixture.put("a", "1");
      fixture.cloud.questions.length = 0;
      fixture.cloud.refused.add("storage.objects.move");
      expect((await post("a/moveTo/o/b")).status).to.equal(200);
      expect(fixture.cloud.questions.map(({ permission }) => permission)).to.deep.equal([
        "storage.objects.get",
        "storage.objects.delete",
        "storage.objects.create",
      ]);
      fixture.cloud.refused.add("storage.objects.get");
      expect((await post("b/moveTo/o/c")).status).to.equal(403);
      expect(fixture.cloud.questions.at(-1)?.permission).to.equal("storage.objects.move");
    });

    it("are refused onto the same name, and where a precondition does not hold", async () => {
      await fixture.put("a", "1");
      expect((await post("a/moveTo/o/a")).status).to.equal(400);
      expect((await post("a/moveTo/o/b?ifSourceGenerationMatch=1")).status).to.equal(412);
      expect(await fixture.names()).to.deep.equal(["a"]);
    });
  });

  describe("by composing", () => {
    const sources = (...names: string[]): object => ({
      sourceObjects: names.map((name) => ({ name })),
      destination: { contentType: "text/y" },
    });

    it("are all their sources in order, and have a checksum but no MD5", async () => {
      for (const [name, text] of [
        ["a", "he"],
        ["b", "l"],
        ["c", "lo"],
      ] as const) {
        await fixture.put(name, text);
      }
      const { body } = await post("whole/compose", sources("a", "b", "c"));
      const { crc32c, md5Hash, componentCount, contentType, size } = body;
      expect({ crc32c, md5Hash, componentCount, contentType, size }).to.deep.equal({
        crc32c: "mnG7TA==",
        md5Hash: undefined,
        componentCount: 3,
        contentType: "text/y",
        size: "5",
      });
      expect(await fixture.read("whole")).to.equal("hello");
      const { headers } = await fixture.get("whole", "alt=media");
      expect(headers["x-goog-hash"]).to.equal("crc32c=mnG7TA==");
      await post("twice/compose", sources("whole", "a"));
      expect((await fixture.get("twice")).body.componentCount).to.equal(4);
    });

    it("may append to what they replace", async () => {
      await fixture.put("log", "1");
      await fixture.put("line", "2");
      expect((await post("log/compose", sources("log", "line"))).status).to.equal(200);
      expect(await fixture.read("log")).to.equal("12");
    });

    const wrong: [what: string, status: number, body: object][] = [
      ["no source", 400, sources()],
      ["33 sources", 400, sources(...Array.from({ length: 33 }, () => "a"))],
      ["a source that is not there", 404, sources("a", "missing")],
      ["a generation that is not there", 404, { sourceObjects: [{ name: "a", generation: 1 }] }],
      [
        "a source that has changed",
        412,
        { sourceObjects: [{ name: "a", objectPreconditions: { ifGenerationMatch: "1" } }] },
      ],
      ["no list of sources", 400, { sourceObjects: "a" }],
      ["a destination that is no object", 400, { ...sources("a"), destination: "a" }],
      ["a field that is not simulated", 501, { ...sources("a"), deleteSourceObjects: true }],
    ];
    for (const [what, status, body] of wrong) {
      it(`are refused with ${what}`, async () => {
        await fixture.put("a", "1");
        expect((await post("b/compose", body)).status).to.equal(status);
        expect(await fixture.names()).to.deep.equal(["a"]);
      });
    }

    it("answer any body with a refusal of ours", async () => {
      await fixture.put("a", "1");
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (sourceObjects, destination) => {
          const { status } = await post("b/compose", { sourceObjects, destination });
          expect(status).to.be.oneOf([400, 404, 501]);
        }),
        { numRuns: 200 },
      );
    });
  });
});
