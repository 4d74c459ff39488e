import { expect } from "chai";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serveRest } from "../../../../local/gateway/rest-simulator.ts";
import { header, type LocalRequest } from "../../../../local/http/message.ts";
import { cloudStorage } from "../../../../local/google/storage/index.ts";
import type { RestSimulator } from "../../../../local/google/api.ts";
import { FakeCloud } from "../../../support/fake-cloud.ts";
import { startSmallCloud, type SmallCloud } from "../../gateway/small-cloud.ts";
import { BUCKET, SETTINGS } from "./bucket.ts";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("client-program.ts", import.meta.url));

describe("@google-cloud/storage, unmodified, on the simulator", function () {
  this.timeout(60_000);

  let small: SmallCloud;
  let results: Record<string, unknown>;
  const cuts: string[] = [];

  before(async () => {
    small = await startSmallCloud();
    const cloud = new FakeCloud();
    const storage = cloudStorage(cloud);
    storage.declareBucket({ name: BUCKET, ...SETTINGS });
    storage.declareBucket({ name: `${BUCKET}-versions`, ...SETTINGS, versioning: true });
    storage.declareBucket({ name: `${BUCKET}-kept`, ...SETTINGS, softDeleteSeconds: 604_800 });
    cloud.refused.add("storage.objects.update");
    const serving = { cloud, callerOf: small.issuer.callerOf };
    small.hosts.set("storage.googleapis.com", serveRest(cuttingOnce(storage, cuts), serving));
    const { stdout } = await run(process.execPath, [PROGRAM, BUCKET], {
      env: { PATH: process.env.PATH ?? "", ...small.environment },
    });
    results = JSON.parse(stdout) as Record<string, unknown>;
  });
  after(() => small.stop());

  it("writes and reads a small object with its metadata", () => {
    expect(results.small).to.deep.equal({
      content: "hello",
      contentType: "text/plain",
      cacheControl: "no-store",
      size: "5",
      custom: { run: "1" },
    });
  });

  it("uploads megabytes at once and as a stream", () => {
    expect([results.resumable, results.streamed]).to.deep.equal([true, true]);
  });

  it("goes on with an upload whose connection was broken", () => {
    expect(cuts).to.deep.equal(["bytes 1048576-2097151/*"]);
    expect(results.interrupted).to.equal(true);
  });

  it("reads a range, and one generation", () => {
    expect([results.ranged, results.generations]).to.deep.equal([
      "345",
      { content: "2", first: 404 },
    ]);
  });

  it("lists by pages and by directories", () => {
    expect(results.lists).to.deep.equal({
      pages: [["l/1", "l/2"], ["l/3", "l/d/1"], ["l/d/2"]],
      files: ["l/1", "l/2", "l/3"],
      answer: ["l/d/"],
    });
  });

  it("creates an object once, however many try", () => {
    expect(results.race).to.deep.equal({ winners: 1, isTheirs: true, codes: [412] });
  });

  it("copies, moves and composes", () => {
    expect(results.copies).to.deep.equal({
      copied: { content: "hello", contentType: "text/plain" },
      moved: { before: false, content: "hello" },
      composed: { content: "hellohello", parts: 2 },
    });
  });

  it("reads earlier generations, and restores what was deleted", () => {
    expect(results.kept).to.deep.equal({ versions: ["1", "2"], deleted: 404, restored: "x" });
  });

  it("deletes", () => {
    expect(results.deleted).to.deep.equal({ before: true, after: false });
  });

  it("reports what is refused by code", () => {
    expect(results.failures).to.deep.equal({
      missing: 404,
      noBucket: 404,
      notMet: 412,
      denied: 403,
      watched: 501,
    });
  });
});

/** The same API over a line that breaks once, in the middle of an upload's second chunk. */
function cuttingOnce(storage: RestSimulator, cuts: string[]): RestSimulator {
  return {
    ...storage,
    handle: (request, principal) => {
      const range = header(request.headers, "content-range") ?? "";
      if (!range.startsWith("bytes 1048576-") || cuts.length > 0) {
        return storage.handle(request, principal);
      }
      cuts.push(range);
      return storage.handle({ ...request, body: broken(request) }, principal);
    },
  };
}

function broken({ body }: LocalRequest): LocalRequest["body"] {
  if (Buffer.isBuffer(body)) return body;
  let left = 300_000;
  body.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) body.destroy(new Error("The line broke."));
  });
  body.pause();
  return body;
}
