import { expect } from "chai";
import { gzipSync } from "node:zlib";
import { BUCKET, INSERT, OBJECTS, StorageFixture, refusalIn } from "./bucket.ts";

const CREATED = "2026-01-01T00:00:00.000Z";
/** Its microseconds. */
const GENERATION = "1767225600000000";

describe("objects of Cloud Storage", () => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture();
  });

  const hello = {
    kind: "storage#object",
    id: `${BUCKET}/a/b.txt/${GENERATION}`,
    selfLink: `https://www.googleapis.com/storage/v1/b/${BUCKET}/o/a%2Fb.txt`,
    mediaLink: `https://storage.googleapis.com/download/storage/v1/b/${BUCKET}/o/a%2Fb.txt?generation=${GENERATION}&alt=media`,
    name: "a/b.txt",
    bucket: BUCKET,
    generation: GENERATION,
    metageneration: "1",
    size: "5",
    storageClass: "STANDARD",
    etag: "MTc2NzIyNTYwMDAwMDAwMC8x",
    timeCreated: CREATED,
    updated: CREATED,
    timeStorageClassUpdated: CREATED,
    timeFinalized: CREATED,
    contentType: "text/plain",
    crc32c: "mnG7TA==",
    md5Hash: "XUFAKrxLKna5cZ2REBfFkg==",
  };

  it("are stored with generation, times and checksums", async () => {
    expect((await fixture.put("a/b.txt", "hello")).body).to.deep.equal(hello);
    expect((await fixture.get("a/b.txt")).body).to.deep.equal(hello);
  });

  it("are downloaded with their generation and checksums in headers", async () => {
    await fixture.put("a/b.txt", "hello");
    const { status, headers, bytes } = await fixture.get("a/b.txt", "alt=media");
    expect([status, bytes.toString()]).to.deep.equal([200, "hello"]);
    expect(headers).to.deep.equal({
      "content-type": "text/plain",
      "content-length": "5",
      etag: hello.etag,
      "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
      "x-goog-generation": GENERATION,
      "x-goog-metageneration": "1",
      "x-goog-storage-class": "STANDARD",
      "x-goog-hash": "crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg==",
      "x-goog-stored-content-encoding": "identity",
      "x-goog-stored-content-length": "5",
    });
  });

  it("are downloaded from the hosts and paths of gcloud and of browsers too", async () => {
    await fixture.put("a/b c.txt", "hello");
    for (const url of [
      `https://storage.googleapis.com/download/storage/v1/b/${BUCKET}/o/a%2Fb%20c.txt?alt=media`,
      `https://storage.cloud.google.com/${BUCKET}/a/b%20c.txt`,
    ]) {
      const { status, bytes } = await fixture.ask("GET", url);
      expect([status, bytes.toString()], url).to.deep.equal([200, "hello"]);
    }
  });

  const ranges: [
    range: string,
    status: number,
    content: string,
    contentRange: string | undefined,
  ][] = [
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=7-99", 206, "789", "bytes 7-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=3-2", 200, "0123456789", undefined],
    ["bytes=0-1,4-5", 200, "0123456789", undefined],
  ];
  for (const [range, status, content, contentRange] of ranges) {
    it(`answer ${range} of ten bytes with ${status} ${contentRange ?? "and all of them"}`, async () => {
      await fixture.put("digits", "0123456789");
      const answer = await fixture.ask("GET", `${OBJECTS}/digits?alt=media`, {
        headers: { range },
      });
      expect([
        answer.status,
        answer.bytes.toString(),
        answer.headers["content-range"],
      ]).to.deep.equal([status, content, contentRange]);
    });
  }

  it("refuse a range behind their end", async () => {
    await fixture.put("digits", "0123456789");
    const headers = { range: "bytes=10-" };
    const answer = await fixture.ask("GET", `${OBJECTS}/digits?alt=media`, { headers });
    expect(answer.status).to.equal(416);
  });

  it("that only say they are gzip are sent as they are", async () => {
    await fixture.ask("POST", `${INSERT}?uploadType=media&name=z&contentEncoding=gzip`, {
      body: "hello",
    });
    expect(String((await fixture.ask("GET", `${OBJECTS}/z?alt=media`)).bytes)).to.equal("hello");
  });

  it("of gzip are sent as they are to who accepts that, decoded to others", async () => {
    const url = `${INSERT}?uploadType=media&name=z&contentEncoding=gzip`;
    await fixture.ask("POST", url, { body: gzipSync("hello") });
    const decoded = await fixture.get("z", "alt=media");
    expect([decoded.bytes.toString(), decoded.headers["content-encoding"]]).to.deep.equal([
      "hello",
      undefined,
    ]);
    const headers = { "accept-encoding": "gzip" };
    const encoded = await fixture.ask("GET", `${OBJECTS}/z?alt=media`, { headers });
    expect([encoded.bytes, encoded.headers["content-encoding"]]).to.deep.equal([
      gzipSync("hello"),
      "gzip",
    ]);
  });

  it("get a larger generation with every write, also within one microsecond", async () => {
    const generations = [];
    for (const text of ["1", "2", "3"]) {
      generations.push(Number((await fixture.put("a", text)).body.generation));
    }
    expect(generations).to.deep.equal([0, 1, 2].map((later) => Number(GENERATION) + later));
    expect(await fixture.read("a")).to.equal("3");
  });

  it("are only there in their live generation", async () => {
    await fixture.put("a", "1");
    await fixture.put("a", "2");
    expect((await fixture.get("a", `generation=${GENERATION}`)).status).to.equal(404);
    expect((await fixture.get("a", `generation=${Number(GENERATION) + 1}`)).status).to.equal(200);
  });

  it("are gone after a delete", async () => {
    await fixture.put("a", "1");
    expect((await fixture.delete("a")).status).to.equal(204);
    expect(refusalIn(await fixture.get("a"))).to.deep.equal({
      status: 404,
      code: 404,
      message: `No such object: ${BUCKET}/a`,
      errors: [{ message: `No such object: ${BUCKET}/a`, domain: "global", reason: "notFound" }],
    });
    expect((await fixture.delete("a")).status).to.equal(404);
  });

  it("keep their generation when their metadata is patched, name by name", async () => {
    await fixture.put("a", "1");
    const patch = (body: object) => fixture.ask("PATCH", `${OBJECTS}/a`, { body });
    await patch({ metadata: { x: "1", y: "2" }, cacheControl: "no-store" });
    fixture.cloud.clock.stop();
    const { body } = await patch({ metadata: { x: null, z: "3" }, cacheControl: null });
    const { generation, metageneration, metadata, cacheControl, contentType } = body;
    expect({ generation, metageneration, metadata, cacheControl, contentType }).to.deep.equal({
      generation: GENERATION,
      metageneration: "3",
      metadata: { y: "2", z: "3" },
      cacheControl: undefined,
      contentType: "text/plain",
    });
  });

  it("lose what an update does not say", async () => {
    await fixture.put("a", "1");
    const { body } = await fixture.ask("PUT", `${OBJECTS}/a`, { body: { metadata: { x: "1" } } });
    expect([body.contentType, body.metadata]).to.deep.equal([undefined, { x: "1" }]);
  });

  const wrong: [what: string, name: string, query: string, headers: Record<string, string>][] = [
    ["a checksum that is not theirs", "a", "", { "x-goog-hash": "crc32c=AAAAAA==" }],
    ["an MD5 that is not theirs", "a", "", { "content-md5": "AAAA" }],
    ["a name that is too long", "a".repeat(1025), "", {}],
    ["a name with a line end", "a%0Ab", "", {}],
    ["a precondition that is no number", "a", "&ifGenerationMatch=x", {}],
  ];
  for (const [what, name, query, headers] of wrong) {
    it(`are refused with ${what}`, async () => {
      const url = `${INSERT}?uploadType=media&name=${name}${query}`;
      expect((await fixture.ask("POST", url, { headers, body: "hello" })).status).to.equal(400);
      expect(await fixture.names()).to.deep.equal([]);
    });
  }

  it("are accepted with the checksums that are theirs", async () => {
    const headers = { "x-goog-hash": `crc32c=${hello.crc32c},md5=${hello.md5Hash}` };
    const url = `${INSERT}?uploadType=media&name=a`;
    expect((await fixture.ask("POST", url, { headers, body: "hello" })).status).to.equal(200);
  });

  const refused: [method: string, url: string, headers: Record<string, string>, names: string][] = [
    ["POST", `${OBJECTS}/a/copyTo/b/b/o/c?destinationKmsKeyName=k`, {}, "destinationKmsKeyName"],
    ["POST", `${OBJECTS}/bulkRestore`, {}, "/o/bulkRestore"],
    ["POST", `${OBJECTS}/watch`, {}, "/o/watch"],
    ["GET", `${OBJECTS}/a/acl`, {}, "/o/a/acl"],
    ["GET", `${OBJECTS}?matchGlob=a*`, {}, "the parameter matchGlob"],
    ["POST", `${OBJECTS}/a/restore?copySourceAcl=true`, {}, "the parameter copySourceAcl"],
    ["GET", `${OBJECTS}/a`, { "if-none-match": "x" }, "the header if-none-match"],
    ["POST", `${INSERT}?uploadType=media&name=a&predefinedAcl=publicRead`, {}, "predefinedAcl"],
  ];
  for (const [method, url, headers, names] of refused) {
    it(`refuse ${method} ${url.replace(/^.*?com/, "")} by its name`, async () => {
      await fixture.put("a", "1");
      const { status, body } = await fixture.ask(method, url, { headers });
      expect(status).to.equal(501);
      expect(body.error?.message)
        .to.include(names)
        .and.to.match(/ is not simulated\.$/);
    });
  }

  it("refuse a field that would change what is done", async () => {
    await fixture.put("a", "1");
    const answer = await fixture.ask("PATCH", `${OBJECTS}/a`, { body: { temporaryHold: true } });
    expect(refusalIn(answer)).to.deep.include({
      status: 501,
      message: "The field temporaryHold of an object is not simulated.",
    });
  });
});
