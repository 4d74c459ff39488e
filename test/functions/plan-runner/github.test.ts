import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import type { PullRequest } from "../../../functions/plan-runner/ports.ts";
import { secondaryRateLimit } from "../../../local/outside/github/api/faults.ts";
import type { PullRequestDesk } from "../../../local/outside/github/developer/pull-request.ts";
import type { RepositoryDesk } from "../../../local/outside/github/developer/repository.ts";
import type { Installation } from "../../../local/outside/github/state/model.ts";
import type { SmallHub } from "../../local/outside/github/small-hub.ts";
import { ServedHub } from "./served-hub.ts";

describe("gitHubOf, on the stand-in GitHub", () => {
  let served: ServedHub;
  let hub: SmallHub;
  let repository: RepositoryDesk;
  let desk: PullRequestDesk;
  let installation: Installation;
  let pull: PullRequest;

  beforeEach(async () => {
    served = await ServedHub.start();
    ({ hub } = served);
    repository = hub.github.createRepository({ fullName: "acme/infra" });
    installation = await hub.github.install("planner", "acme");
    desk = await repository.openPullRequest({ branch: "change", files: { "main.tf": "# 1\n" } });
    pull = await served.gitHub().open({ fullName: "acme/infra", number: 1 });
  });

  afterEach(() => served.stop());

  const archive = (sha = repository.head("change"), signal = new AbortController().signal) => {
    const target = { fullName: "acme/infra", number: 1, installationId: installation.id };
    return served.gitHub().archive(target, sha, signal);
  };
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => "answered",
      (error: unknown) => (error instanceof Error ? error.name : "?"),
    );

  it("makes one token for comments, and one that reads content and nothing else", async () => {
    await pull.read();
    expect(hub.github.requests.all.at(-1)).to.deep.include({
      permissions: { issues: "write", pull_requests: "read", checks: "write", metadata: "read" },
      repositories: ["acme/infra"],
    });
    const before = hub.github.requests.all.length;
    await archive();
    const [minted, ...more] = hub.github.requests.all.slice(before);
    expect(more.map(({ method, host }) => `${method} ${host}`)).to.deep.equal([
      "GET api.github.com",
      "GET codeload.github.com",
    ]);
    expect(JSON.parse(minted?.body ?? "")).to.deep.equal({
      repositories: ["infra"],
      permissions: { contents: "read" },
    });
  });

  it("hands on a commit's archive, and sends the token to nobody but GitHub", async () => {
    const bytes = await buffer(await archive());
    expect([...bytes.subarray(0, 2)]).to.deep.equal([0x1f, 0x8b]);
    const [asked, sent] = hub.github.requests.all.slice(-2);
    expect(asked).to.deep.include({ permissions: { contents: "read", metadata: "read" } });
    expect(sent?.permissions).to.equal(undefined);
  });

  it("explains a commit that is gone", async () => {
    const error: unknown = await archive("f".repeat(40)).catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: "Unusable", isLasting: false });
    expect(error)
      .to.have.property("message")
      .that.matches(/^GitHub answered 404 for acme\/infra @ f/);
    expect(error).to.have.property("hint").that.includes("A new push plans again.");
  });

  it("takes limits, faults and an end that is too early for a passing fault, of an archive too", async () => {
    const path = /\/tarball\//;
    hub.github.faults.failNext({ path }, secondaryRateLimit({ retryAfterSeconds: 120 }));
    const error: unknown = await archive().catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: "Unavailable", afterSeconds: 120 });
    hub.github.faults.failNext({ path }, { status: 502, body: { message: "Bad gateway" } });
    expect(await failure(archive())).to.equal("Unavailable");
    expect(await failure(archive(undefined, AbortSignal.abort()))).to.equal("Unavailable");
  });

  it("takes a repository without the App for a refusal, of an archive too", async () => {
    await hub.github.uninstall(installation);
    expect(await failure(archive())).to.equal("Refused");
  });

  it("reads how the pull request stands", async () => {
    const now = {
      headSha: repository.head("change"),
      isOpen: true,
      headRepo: "acme/infra",
      baseRef: "main",
    };
    const { updatedAt, ...state } = await pull.read();
    expect(state).to.deep.equal(now);
    expect(Date.parse(updatedAt)).to.be.closeTo(Date.now(), 60_000);
    await desk.close();
    expect(await pull.read()).to.deep.include({ ...now, isOpen: false });
  });

  it("reads a head whose fork is gone", async () => {
    const fork = hub.github.fork(repository, "mallory");
    const theirs = await repository.openPullRequest({ branch: "x", from: fork, files: { a: "1" } });
    pull = await served.gitHub().open({ fullName: "acme/infra", number: theirs.pull.number });
    expect((await pull.read()).headRepo).to.equal("mallory/infra");
    hub.github.deleteRepository(fork);
    expect((await pull.read()).headRepo).to.equal(undefined);
  });

  it("finds its own comments, and no one else's, on all pages", async () => {
    await pull.post("first\nline");
    for (let count = 0; count < 120; count += 1) await desk.comment("octocat", "first\nline");
    const last = await pull.post("last\nline");
    const found = await pull.comments();
    expect(found.map(({ opening }) => opening)).to.deep.equal(["first\nline", "last\nline"]);
    expect(found[1]).to.deep.equal(last);
    expect(last.url).to.include("#issuecomment-");
  });

  it("edits, removes and folds comments away, and bears with one that is gone", async () => {
    const comment = await pull.post("one");
    expect((await pull.edit(comment.id, "two"))?.opening).to.equal("two");
    await pull.hide(comment);
    expect(repository.repository.comments.get(comment.id)?.minimized).to.equal("OUTDATED");
    await pull.remove(comment);
    await pull.remove(comment);
    expect(await pull.edit(comment.id, "three")).to.equal(undefined);
    expect(await failure(pull.hide(comment))).not.to.equal("answered");
  });

  it("tells a comment that is too long from other refusals", async () => {
    expect(await failure(pull.post("x".repeat(65_537)))).to.equal("TooLong");
    expect(await failure(pull.post(""))).to.equal("Refused");
  });

  it("tells a check that is too long from other refusals, in either of GitHub's words", async () => {
    const check = { headSha: repository.head("change"), name: "plan" };
    for (const message of [
      "Invalid request.\n\nOnly 65535 characters are allowed; 70000 were supplied.",
      "summary exceeds a maximum bytesize of 65535",
    ]) {
      hub.github.faults.failNext({ path: /check-runs/ }, { status: 422, body: { message } });
      const set = pull.setCheck(check, { status: "in_progress", title: "t", summary: "s" });
      expect(await failure(set)).to.equal("TooLong");
    }
  });

  it("settles a check that waits, and finds it once for all that it sets", async () => {
    const check = { headSha: repository.head("change"), name: "plan" };
    const running = { status: "in_progress", title: "t", summary: "s" } as const;
    const over = { ...running, status: "completed", conclusion: "success" } as const;
    await pull.setCheck(check, running);
    await pull.setCheck(check, over);
    const lists = hub.github.requests.all.filter(({ path }) => /commits.*check-runs/.test(path));
    expect(lists).to.have.length(1);
    await pull.setCheck(check, running);
    await pull.settleCheck(check, over);
    expect(repository.checkRuns().map(({ status }) => status)).to.deep.equal([
      "completed",
      "completed",
    ]);
  });

  it("sets one check from running to its end", async () => {
    const check = { headSha: repository.head("change"), name: "plan" };
    await pull.setCheck(check, { status: "in_progress", title: "t", summary: "s" });
    await pull.setCheck(check, {
      status: "completed",
      conclusion: "success",
      title: "t2",
      summary: "s2",
      text: "text",
      detailsUrl: "https://github.com/x",
    });
    const runs = repository.checkRuns().map(({ name, status, conclusion, detailsUrl, output }) => {
      return { name, status, conclusion, detailsUrl, text: output.text };
    });
    expect(runs).to.deep.equal([
      {
        name: "plan",
        status: "completed",
        conclusion: "success",
        detailsUrl: "https://github.com/x",
        text: "text",
      },
    ]);
  });

  it("posts no comment twice where the answer was lost", async () => {
    hub.github.faults.loseNext({ method: "POST", path: /\/comments$/ });
    expect(await failure(pull.post("one"))).to.equal("Unavailable");
    expect(await pull.comments()).to.have.length(1);
  });

  it("waits out a short limit, and hands on a long one with its time", async () => {
    const limit = (retryAfterSeconds: number) =>
      hub.github.faults.failNext(
        { path: /\/pulls\/1$/ },
        secondaryRateLimit({ retryAfterSeconds }),
      );
    limit(1);
    expect(await failure(pull.read())).to.equal("answered");
    limit(90);
    const error: unknown = await pull.read().catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: "Unavailable", afterSeconds: 90 });
  });

  it("takes a repository without the App for a refusal, and a key that cannot be read for a passing fault", async () => {
    const target = { fullName: "acme/infra", number: 1 };
    expect(
      await failure(served.gitHub(() => Promise.reject(new Error("denied"))).open(target)),
    ).to.equal("Unavailable");
    await hub.github.uninstall(installation);
    expect(await failure(served.gitHub().open(target))).to.equal("Refused");
    const known = { ...target, installationId: installation.id };
    expect(await failure(served.gitHub().open(known))).to.equal("Refused");
    // The token of before is no good any more; a new one might be.
    expect(await failure(pull.read())).to.equal("Unavailable");
  });
});
