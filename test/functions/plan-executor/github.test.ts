import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { repositoryAt } from "../../../functions/plan-executor/adapters/github.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import { GitHubStub } from "../../support/github-stub.ts";
import { HEAD, TOKEN } from "../../support/plan-executor/executor.ts";
import { tar, tarball } from "../../support/plan-executor/tarball.ts";
import { thrownBy } from "../../support/thrown-by.ts";
import { gzipSync } from "node:zlib";

const OF = { fullName: "o/r", pullRequest: 7, sha: HEAD, token: TOKEN };
const TARBALL = `GET /repos/o/r/tarball/${HEAD}`;

describe("a repository at GitHub", () => {
  let github: GitHubStub;
  let codeload: GitHubStub;
  let into: string;
  const { signal } = new AbortController();

  before(async () => {
    [github, codeload] = await Promise.all([GitHubStub.start(), GitHubStub.start()]);
  });

  after(() => {
    github.stop();
    codeload.stop();
  });

  beforeEach(async () => {
    github.reset();
    codeload.reset();
    into = await realpath(await mkdtemp(path.join(tmpdir(), "github-")));
  });

  afterEach(() => rm(into, { recursive: true, force: true }));

  const repository = (now?: () => number) => repositoryAt(`${github.origin}/`, OF, now);

  function answerWith(stub: GitHubStub, line: string, bytes: Buffer): void {
    stub.on(line, (_request, response) => {
      response.writeHead(200, { "content-type": "application/x-gzip" }).end(bytes);
      return undefined;
    });
  }

  it("unpacks the commit, and sends the token to nobody but GitHub", async () => {
    github.on(TARBALL, {
      status: 302,
      headers: { location: `${codeload.origin}/archive?token=t` },
    });
    answerWith(codeload, "GET /archive", tarball({ "main.tf": "a" }));
    const times = [1, 2, 5, 9].values();
    const done = await repository(() => times.next().value ?? 0).checkout(into, signal);
    expect(done).to.deep.equal({ kind: "done", fetchMs: 4, unpackMs: 4 });
    expect(await readdir(into)).to.deep.equal(["main.tf"]);
    expect(github.requests[0]?.headers.authorization).to.equal(`token ${TOKEN}`);
    expect(codeload.requests.map(({ headers }) => headers.authorization)).to.deep.equal([
      undefined,
    ]);
  });

  it("explains a commit that is gone", async () => {
    const done = await repository().checkout(into, signal);
    expect(done).to.include({ kind: "refused" });
    expect(done)
      .to.have.property("error")
      .that.matches(/^GitHub answered 404 for o\/r @ 0123/);
    expect(done).to.have.property("hint").that.includes("A new push plans again.");
  });

  it("explains an archive that no repository makes", async () => {
    answerWith(github, TARBALL, gzipSync(tar([{ path: "/etc/passwd", content: "x" }])));
    const done = await repository().checkout(into, signal);
    expect(done).to.have.property("error").that.includes('"/etc/passwd" leads out of it.');
  });

  it("refuses an archive that is too large long before its end", async () => {
    // Not compressed: what unpacks it stops at the first of it.
    const chunk = Buffer.alloc(1024 * 1024, 0x1f);
    let sent = 0;
    github.on(TARBALL, (_request, response) => {
      response.writeHead(200, { "content-type": "application/x-gzip" });
      const send = (): void => {
        while (sent < 100) {
          sent += 1;
          if (!response.write(chunk)) return void response.once("drain", send);
        }
        response.end();
      };
      send();
      return undefined;
    });
    expect(await thrownBy(() => repository().checkout(into, signal))).to.be.instanceOf(HttpError);
    expect(sent).to.be.lessThan(50);
  });

  it("passes on when it may be tried again", async () => {
    github.on(TARBALL, { status: 403, headers: { "retry-after": "120" }, body: { message: "no" } });
    const error = await thrownBy(() => repository().checkout(into, signal));
    expect(error).to.be.instanceOf(HttpError);
    expect(error).to.deep.include({ status: 503, headers: { "retry-after": "120" } });
  });

  it("ends with the reason of the signal", async () => {
    const controller = new AbortController();
    github.on(TARBALL, (_request, response) => {
      response.writeHead(200);
      response.write(tarball({ "main.tf": "a" }).subarray(0, 20));
      controller.abort(new Error("told to"));
      return undefined;
    });
    const error = await thrownBy(() => repository().checkout(into, controller.signal));
    expect(String(error)).to.equal("Error: told to");
  });

  it("says where the pull request stands", async () => {
    github.on("GET /repos/o/r/git/ref/pull/7/head", { body: { object: { sha: "abc" } } });
    expect(await repository().head(signal)).to.equal("abc");
  });

  it("does not know where the pull request stands when GitHub does not say", async () => {
    expect(await repository().head(signal)).to.equal(undefined);
    github.on("GET /repos/o/r/git/ref/pull/7/head", { status: 500, body: { message: "x" } });
    expect(await repository().head(signal)).to.equal(undefined);
  });

  it("ends its token", async () => {
    expect(await repository().revoke()).to.equal(false);
    github.on("DELETE /installation/token", { status: 204 });
    expect(await repository().revoke()).to.equal(true);
    expect(github.requests.at(-1)?.headers.authorization).to.equal(`token ${TOKEN}`);
  });

  it("has ended its token where GitHub does not know it any more", async () => {
    github.on("DELETE /installation/token", { status: 401, body: { message: "Bad credentials" } });
    expect(await repository().revoke()).to.equal(true);
  });
});
