import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { checkoutFrom } from "../../../functions/plan-executor/adapters/checkout.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import { ArchiveBucket } from "../../support/archive-bucket.ts";
import { tar, tarball } from "../../support/plan-executor/tarball.ts";
import { thrownBy } from "../../support/thrown-by.ts";

describe("checkoutFrom", () => {
  let bucket: ArchiveBucket;
  let into: string;
  const { signal } = new AbortController();

  before(async () => {
    bucket = await ArchiveBucket.start();
  });
  after(() => bucket.stop());

  beforeEach(async () => {
    bucket.reset();
    into = await realpath(await mkdtemp(path.join(tmpdir(), "checkout-")));
  });
  afterEach(() => rm(into, { recursive: true, force: true }));

  const checkout = (until = signal, now: () => number = () => 0) =>
    checkoutFrom("b", () => Promise.resolve(bucket.client()), now)("archive-a", into, until);

  it("unpacks the archive that it is told", async () => {
    bucket.objects.set("archive-a", tarball({ "main.tf": "a" }));
    const times = [1, 2, 5, 9].values();
    const done = await checkout(signal, () => times.next().value ?? 0);
    expect(done).to.deep.equal({ kind: "done", fetchMs: 4, unpackMs: 4 });
    expect(await readdir(into)).to.deep.equal(["main.tf"]);
  });

  it("explains an archive that no repository makes", async () => {
    bucket.objects.set("archive-a", gzipSync(tar([{ path: "/etc/passwd", content: "x" }])));
    const done = await checkout();
    expect(done).to.include({ kind: "refused" });
    expect(done).to.have.property("error").that.includes('"/etc/passwd" leads out of it.');
  });

  for (const [what, trouble] of [
    ["is not there", {}],
    ["may not be read", { status: 403 }],
    ["is out of reach", { status: 503 }],
    ["breaks off", { breaksAfter: 20 }],
  ] as const) {
    it(`passes on that it may be tried again where it ${what}`, async () => {
      if (what !== "is not there") bucket.objects.set("archive-a", tarball({ "main.tf": "a" }));
      bucket.trouble = trouble;
      const error = await thrownBy(() => checkout());
      expect(error).to.be.instanceOf(HttpError);
      expect(error).to.deep.include({ status: 503, headers: { "retry-after": "10" } });
    });
  }

  it("ends with the reason of the signal", async () => {
    bucket.objects.set("archive-a", tarball({ "main.tf": "a" }));
    const error = await thrownBy(() => checkout(AbortSignal.abort(new Error("told to"))));
    expect(String(error)).to.equal("Error: told to");
  });
});
