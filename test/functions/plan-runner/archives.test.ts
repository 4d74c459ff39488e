import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { archivesOf } from "../../../functions/plan-runner/adapters/archives.ts";
import { ArchiveBucket } from "../../support/archive-bucket.ts";

const MEGABYTE = 1024 * 1024;
const LIMITS = { bytes: 2 * MEGABYTE, unpackedBytes: 4 * MEGABYTE };

describe("archivesOf", () => {
  let bucket: ArchiveBucket;
  const { signal } = new AbortController();

  before(async () => {
    bucket = await ArchiveBucket.start();
  });
  after(() => bucket.stop());
  beforeEach(() => bucket.reset());

  const keep = (bytes: AsyncIterable<Uint8Array>, until = signal): Promise<string> =>
    archivesOf("b", () => Promise.resolve(bucket.client()), LIMITS).keep(bytes, until);
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => "kept",
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : "?"),
    );
  const sent = (bytes: Buffer, size = 10_000) =>
    ReadableStream.from(
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      ),
    );

  it("keeps what came to the byte, under a name of its own, and never over another", async () => {
    const archive = gzipSync(randomBytes(MEGABYTE));
    const names = [await keep(sent(archive)), await keep(sent(archive))];
    for (const name of names) {
      expect(name).to.match(/^archive-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tar\.gz$/);
      expect(bucket.objects.get(name)?.equals(archive)).to.equal(true);
    }
    expect(new Set(names).size).to.equal(2);
    expect(
      bucket.uploads.map(({ query, contentType }) => ({ ...query, contentType })),
    ).to.deep.equal(
      names.map((name) => ({
        name,
        uploadType: "multipart",
        ifGenerationMatch: "0",
        contentType: "application/gzip",
      })),
    );
  });

  for (const [what, archive, reason] of [
    ["as it travels", gzipSync(randomBytes(3 * MEGABYTE)), "It is larger than 2 MB."],
    ["once it is unpacked", gzipSync(Buffer.alloc(5 * MEGABYTE)), "It is larger than 4 MB."],
  ] as const) {
    it(`refuses what is too large ${what}, for good`, async () => {
      expect(await failure(keep(sent(archive)))).to.equal(`Unusable: ${reason}`);
      const error: unknown = await keep(sent(archive)).catch((thrown: unknown) => thrown);
      expect(error).to.have.property("isLasting", true);
      expect(bucket.objects.size).to.equal(0);
    });
  }

  it("keeps nothing that ends too early, whether or not that is said, or is no gzip", async () => {
    const archive = gzipSync(randomBytes(100_000));
    const untold = sent(archive.subarray(0, -4));
    expect(await failure(keep(untold))).to.match(/^Unavailable: .*unexpected end of file/);
    async function* breaking(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield archive.subarray(0, 50_000);
      throw new Error("other side closed");
    }
    expect(await failure(keep(breaking()))).to.match(/^Unavailable: .*other side closed/);
    const page = sent(Buffer.from("<html>not an archive</html>".repeat(10_000)));
    expect(await failure(keep(page))).to.match(/^Unavailable: .*incorrect header check/);
    expect(bucket.objects.size).to.equal(0);
  });

  it("has a passing fault where Storage fails, and never says the name", async () => {
    for (const status of [403, 429, 503]) {
      bucket.trouble = { status };
      const said = await failure(keep(sent(gzipSync("x"))));
      expect(said).to.match(/^Unavailable: The commit's archive was not kept: /);
      expect(said).not.to.include("archive-");
    }
  });

  it("stops when it is told to, and lets go of what it reads", async () => {
    const stop = new AbortController();
    let isLetGo = false;
    const archive = gzipSync(randomBytes(MEGABYTE));
    async function* slow(): AsyncGenerator<Uint8Array> {
      try {
        for (let at = 0; ; at += 100) {
          yield archive.subarray(at, at + 100);
          stop.abort();
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        isLetGo = true;
      }
    }
    expect(await failure(keep(slow(), stop.signal))).to.match(/^Unavailable: .*aborted/);
    expect([isLetGo, bucket.objects.size]).to.deep.equal([true, 0]);
  });
});
