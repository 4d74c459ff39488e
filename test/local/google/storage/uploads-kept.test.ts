import { expect } from "chai";
import type { LocalResponse } from "../../../../local/http/message.ts";
import { Upload, Uploads } from "../../../../local/google/storage/upload/uploads.ts";

const DONE: LocalResponse = { status: 200, headers: [], body: Buffer.alloc(0) };
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

describe("uploads that are kept", () => {
  function begun(uploads: Uploads, id: string, now = 0): Upload {
    const draft = { name: id, metadata: {}, preconditions: {}, expected: {} };
    const caller = { principal: "anonymous" } as const;
    const given = { bucket: "b", draft, caller, size: undefined };
    const upload = new Upload(id, given, now);
    uploads.add(upload, now);
    return upload;
  }

  it("are the last thousand that were completed, and all that are under way", () => {
    const uploads = new Uploads();
    const underWay = begun(uploads, "under way");
    for (let i = 0; i < 1500; i++) begun(uploads, String(i)).release(DONE);
    expect(uploads.size).to.equal(1000);
    expect(uploads.get("under way", 0)).to.equal(underWay);
    expect(uploads.get("500", 0)).to.equal(undefined);
    expect(uploads.get("1499", 0)?.answer).to.equal(DONE);
  });

  it("are none after a week", () => {
    const uploads = new Uploads();
    for (let i = 0; i < 10; i++) begun(uploads, String(i));
    begun(uploads, "late", WEEK_MS);
    expect(uploads.size).to.equal(1);
  });
});
