import { expect } from "chai";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explained } from "../../../local/command/explained.ts";
import { problemOf } from "../../../local/declared/problem.ts";

function failed(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: as Node says it`), { code, ...(path && { path }) });
}

describe("what keeps a local cloud from running", () => {
  it("is one sentence where the disk is full, in whatever thread", () => {
    const full =
      "The disk is full (ENOSPC): /x/ca.pem cannot be written. Make room; TMPDIR may name a folder on another disk.";
    expect(explained(failed("ENOSPC", "/x/ca.pem"))).to.equal(full);
    expect(problemOf(failed("ENOSPC", "/x/ca.pem"))).to.equal(full);
    expect(explained(failed("EDQUOT"))).to.match(/^The disk is full \(EDQUOT\)\. /);
  });

  it("is one sentence where the temporary folder is no good", () => {
    for (const [code, why] of [
      ["ENOENT", "does not exist"],
      ["EACCES", "cannot be used"],
      ["EROFS", "cannot be written"],
    ] as const) {
      for (const path of [tmpdir(), join(tmpdir(), "switchyard-1-XXXXXX")]) {
        expect(explained(failed(code, path))).to.equal(
          `The temporary folder ${tmpdir()} ${why} (${code}). Mend that, or let TMPDIR name another.`,
        );
      }
    }
  });

  it("is a bug where another file is missing", () => {
    expect(explained(failed("ENOENT", `${tmpdir()}-other/file`))).to.equal(undefined);
    expect(explained(new TypeError("no function"))).to.equal(undefined);
    expect(explained("thrown")).to.equal(undefined);
  });
});
