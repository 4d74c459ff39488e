import { expect } from "chai";
import type { PlanExecutionResult } from "../../../functions/messages/plan-execution.ts";
import type { PlanRequest } from "../../../functions/messages/plan-request.ts";
import {
  commentLease,
  overflowObject,
  planLease,
  resultObject,
} from "../../../functions/messages/plan-names.ts";
import { Refused, TooLong, Unavailable, Unusable } from "../../../functions/plan-runner/faults.ts";
import { runPlan } from "../../../functions/plan-runner/run-plan.ts";
import { NEWER_SHA, SHA, SUMMARY, TIMINGS, planRequest, planned } from "./builders.ts";
import { NOON, World, arriving, settled, untilAborted } from "./world.ts";

const LABELS = { request_id: "r-1", repo: "acme/infra", pr: 7, sha: SHA, plan_id: "pr-7-0123456" };
const HELD = (until: number) => JSON.stringify({ holder: "another", expires_at: until });

describe("runPlan", () => {
  let world: World;
  const request = planRequest();

  beforeEach(() => {
    world = new World();
  });

  const run = (asked = request) => runPlan(asked, world.delivery(), world.ports);

  it("plans, comments, checks, and remembers that it did", async () => {
    expect(await run()).to.deep.equal({ kind: "done", body: { result: "planned" } });
    const { pull } = world;
    expect(pull.calls).to.deep.equal([
      "read",
      "check in_progress",
      "read",
      "read",
      "comments",
      "post",
      "edit 101",
      "check success",
    ]);
    expect(world.executions).to.deep.equal([{ request, archive: "archive-1", budget_ms: 540_000 }]);
    expect(world.opened).to.deep.equal([{ fullName: "acme/infra", number: 7, installationId: 3 }]);
    expect(pull.bodies).to.have.length(1);
    expect(pull.bodies[0]).to.match(
      /\nTimings \(ms\): queue→runner=250, git\.fetch=1, .*, total=0\n$/,
    );
    expect(pull.checks.at(-1)).to.deep.equal({
      headSha: SHA,
      name: "plan",
      status: "completed",
      conclusion: "success",
      title: "1 to add",
      summary:
        "**Plan: 1 to add**\n\n[The comment on the pull request](https://github.com/acme/infra/pull/7#issuecomment-101)",
      text: "```diff\n+   resource\n```\n",
      detailsUrl: "https://github.com/acme/infra/pull/7#issuecomment-101",
    });
    expect(
      JSON.parse(world.objects.stored.get(resultObject(request))?.content ?? ""),
    ).to.deep.equal({
      finished_at: "2026-01-01T12:00:00.000Z",
      outcome: "planned",
      conclusion: "success",
      comment_id: 101,
      comment_url: "https://github.com/acme/infra/pull/7#issuecomment-101",
    });
    expect(world.stored("leases/")).to.deep.equal([]);
    expect(world.repeating).to.equal(0);
    expect(world.lines).to.deep.equal([
      { severity: "INFO", message: "message received", fields: LABELS },
      {
        severity: "INFO",
        message: "timings",
        fields: {
          ...LABELS,
          ...TIMINGS,
          queue_to_runner_ms: 250,
          comment_list_ms: 0,
          comment_upsert_ms: 0,
          total_run_ms: 0,
          git_fetch_cached: false,
        },
      },
    ]);
  });

  it("measures the time of the second write in the log only", async () => {
    world.pull.before = (call) => {
      world.now +=
        call === "comments" ? 10 : call === "post" ? 100 : call.startsWith("edit") ? 1_000 : 0;
    };
    await run();
    expect(world.pull.bodies[0]).to.include("comment.list=10, comment.upsert=100, total=110\n");
    expect(world.lines.at(-1)?.fields).to.include({
      comment_list_ms: 10,
      comment_upsert_ms: 1_100,
      total_run_ms: 1_110,
    });
  });

  it("counts the runner's part of the fetch, and logs who had done it before", async () => {
    world.download = () => {
      world.now += 40;
      return Promise.resolve(arriving("x"));
    };
    await run();
    expect(world.pull.bodies[0]).to.include("git.fetch=41, git.checkout=2,");
    expect(world.lines.at(-1)?.fields).to.include({ git_fetch_ms: 41, git_fetch_cached: false });
    await run(planRequest({ dir: "a" }));
    expect(world.lines.at(-1)?.fields).to.include({ git_fetch_ms: 1, git_fetch_cached: true });
    expect(world.executions.map(({ archive }) => archive)).to.deep.equal([
      "archive-1",
      "archive-1",
    ]);
  });

  it("tells of a commit that cannot be had, without an execution", async () => {
    world.download = () =>
      Promise.reject(new Unusable("GitHub answered 404.", { isLasting: false }));
    expect(await run()).to.deep.equal({ kind: "done", body: { result: "failed" } });
    expect(world.pull.bodies[0]).to.include("git fetch: GitHub answered 404.");
    expect(world.pull.checks.at(-1)).to.include({ title: "Failed at git fetch" });
    expect(world.executions).to.deep.equal([]);
  });

  for (const [what, publishedAt] of [
    ["a clock that is ahead", new Date(NOON + 5_000)],
    ["no time of publishing", undefined],
  ] as const) {
    it(`counts no time in the queue with ${what}`, async () => {
      await runPlan(request, world.delivery({ publishedAt }), world.ports);
      expect(world.lines.at(-1)?.fields.queue_to_runner_ms).to.equal(0);
    });
  }

  it("gives the executor what is left of the time since the receipt", async () => {
    await runPlan(request, world.delivery({ receivedAt: NOON - 40_000 }), world.ports);
    expect(world.executions[0]?.budget_ms).to.equal(500_000);
  });

  it("tells of a plan that failed, and logs its step but not its text", async () => {
    world.work = () => Promise.resolve(failed("tofu plan"));
    expect(await run()).to.deep.equal({ kind: "done", body: { result: "failed" } });
    expect(world.pull.bodies[0]).to.include(
      "```\ntofu execution failed:\ntofu plan: the reason\n```",
    );
    expect(world.pull.checks.at(-1)).to.include({
      conclusion: "failure",
      title: "Failed at tofu plan",
    });
    expect(world.lines[1]).to.deep.equal({
      severity: "WARNING",
      message: "plan failed",
      fields: { ...LABELS, step: "tofu plan" },
    });
  });

  it("tells of a plan that took too long", async () => {
    world.work = () => Promise.resolve(failed("timeout"));
    await run();
    expect(world.pull.bodies[0]).to.include("**The plan took too long and was stopped.**");
    expect(world.pull.checks.at(-1)).to.include({ conclusion: "timed_out" });
  });

  it("fails the check where the repository's rules are against the plan", async () => {
    const summary = { ...SUMMARY, destroy: 3, violations: ["At most 2 may be destroyed."] };
    world.work = () => Promise.resolve(planned({ summary }));
    await run();
    expect(world.pull.checks.at(-1)).to.include({
      conclusion: "failure",
      title: "Against the rules: 3 to destroy",
    });
  });

  describe("asked twice", () => {
    it("has a duplicate come again while the first is at work", async () => {
      world.objects.stored.set(planLease(request), { content: HELD(NOON + 1), generation: "g" });
      expect(await run()).to.deep.equal({
        kind: "retry",
        reason: "Another delivery works on this plan.",
      });
      expect(world.opened).to.deep.equal([]);
    });

    it("acknowledges one whose first is done but not yet out of its lease", async () => {
      world.objects.stored.set(planLease(request), { content: HELD(NOON + 1), generation: "g" });
      await world.objects.create(resultObject(request), "{}");
      expect(await run()).to.deep.equal({ kind: "done", body: { result: "repeated" } });
    });

    it("acknowledges one whose first is done", async () => {
      await run();
      const calls = world.pull.calls.length;
      expect(await run()).to.deep.equal({ kind: "done", body: { result: "repeated" } });
      expect(world.pull.calls.slice(calls)).to.deep.equal(["settle"]);
      expect(world.stored("leases/")).to.deep.equal([]);
    });

    it("plans again where a person asked for it, into the same comment", async () => {
      await run();
      expect(await run(planRequest({ rerun: "d-2" }))).to.deep.equal({
        kind: "done",
        body: { result: "planned" },
      });
      expect(world.pull.bodies).to.have.length(1);
    });

    it("takes over from one whose lease is over", async () => {
      world.objects.stored.set(planLease(request), { content: HELD(NOON), generation: "g" });
      expect((await run()).kind).to.equal("done");
      expect(world.pull.bodies).to.have.length(1);
    });

    it("plans once however many deliveries come at once", async () => {
      const release = Promise.withResolvers<PlanExecutionResult>();
      world.work = () => release.promise;
      const all = [1, 2, 3, 4].map(() => run());
      await settled();
      release.resolve(planned());
      const kinds = (await Promise.all(all)).map(({ kind }) => kind).sort();
      expect(kinds).to.deep.equal(["done", "retry", "retry", "retry"]);
      expect([world.executions.length, world.pull.bodies.length]).to.deep.equal([1, 1]);
    });
  });

  describe("a head that moved", () => {
    const cancelled = {
      conclusion: "cancelled",
      title: "Superseded by a newer push",
      headSha: SHA,
    };

    function expectStale(outcome: unknown): void {
      expect(outcome).to.deep.equal({ kind: "done", body: { result: "stale" } });
      expect(world.pull.checks.at(-1)).to.include(cancelled);
      expect(world.pull.bodies).to.deep.equal([]);
      expect(world.stored("leases/")).to.deep.equal([]);
      // The old head may come back by another push, and is to be planned then.
      expect(world.stored("results/")).to.deep.equal([]);
    }
    const move = () => (world.pull.state = { ...world.pull.state, headSha: NEWER_SHA });

    it("is not planned", async () => {
      move();
      expectStale(await run());
      expect(world.executions).to.deep.equal([]);
    });

    it("is stopped while it is planned", async () => {
      world.work = (signal) => untilAborted(signal, new Unavailable("aborted"));
      const outcome = run();
      await settled();
      await world.tick();
      move();
      await world.tick();
      expectStale(await outcome);
    });

    it("goes on being planned while GitHub cannot say", async () => {
      const release = Promise.withResolvers<PlanExecutionResult>();
      world.work = () => release.promise;
      const outcome = run();
      await settled();
      world.pull.before = () => {
        throw new Unavailable("GitHub: 502");
      };
      await world.tick();
      world.pull.before = () => undefined;
      release.resolve(planned());
      expect(await outcome).to.deep.equal({ kind: "done", body: { result: "planned" } });
    });

    it("is stopped at once where it moved during the download", async () => {
      world.download = () => {
        move();
        return Promise.resolve(arriving(""));
      };
      world.work = (signal) => untilAborted(signal, new Unavailable("aborted"));
      expectStale(await run());
    });

    it("gets no comment", async () => {
      world.work = () => {
        move();
        return Promise.resolve(planned());
      };
      expectStale(await run());
    });
  });

  it("does not plan a closed pull request", async () => {
    world.pull.state = { ...world.pull.state, isOpen: false };
    expect(await run()).to.deep.equal({ kind: "done", body: { result: "closed" } });
    expect(world.pull.checks).to.have.length(1);
    expect(world.pull.checks[0]).to.include({
      conclusion: "cancelled",
      title: "Pull request is closed",
    });
    expect(world.stored("results/")).to.deep.equal([]);
  });

  for (const headRepo of ["mallory/infra", undefined]) {
    it(`plans a head of ${headRepo ?? "a deleted fork"} only where a maintainer allowed it`, async () => {
      world.pull.state = { ...world.pull.state, headRepo };
      expect(await run()).to.deep.equal({ kind: "done", body: { result: "fork" } });
      expect(world.executions).to.deep.equal([]);
      expect(world.pull.checks[0]).to.include({ conclusion: "action_required" });
      const allowed = await run(planRequest({ fork_allowed: true }));
      expect(allowed).to.deep.equal({ kind: "done", body: { result: "planned" } });
    });
  }

  it("takes another spelling of the repository's name for the same repository", async () => {
    world.pull.state = { ...world.pull.state, headRepo: "Acme/Infra" };
    expect(await run()).to.deep.equal({ kind: "done", body: { result: "planned" } });
  });

  it("acknowledges a message of another GitHub without asking anybody", async () => {
    const other = { ...request, github_api_base_url: "https://github.example/api/v3" };
    expect(await run(other)).to.deep.equal({ kind: "done", body: { result: "refused" } });
    expect(world.opened).to.deep.equal([]);
    expect(world.lines.at(-1)?.severity).to.equal("ERROR");
    const same = { ...request, github_api_base_url: "https://api.github.com/" };
    expect(await run(same)).to.deep.equal({ kind: "done", body: { result: "planned" } });
  });

  describe("a lost lease", () => {
    const takeOver = () =>
      void world.objects.stored.set(planLease(request), {
        content: HELD(NOON * 2),
        generation: "g",
      });

    it("stops the plan, and lets the message come again", async () => {
      world.work = (signal) => untilAborted(signal, new Unavailable("aborted"));
      const outcome = run();
      await settled();
      takeOver();
      await world.tick();
      expect(await outcome).to.deep.equal({
        kind: "retry",
        reason: "The lease was lost while planning.",
      });
      expect(world.pull.bodies).to.deep.equal([]);
      expect(world.stored("leases/")).to.deep.equal([planLease(request)]);
    });

    it("keeps a plan that is ready from being written", async () => {
      world.work = () => {
        takeOver();
        return Promise.resolve(planned());
      };
      expect(await run()).to.deep.equal({ kind: "retry", reason: "The lease was lost." });
      expect(world.pull.bodies).to.deep.equal([]);
    });

    it("is not yet lost when one renewal fails", async () => {
      const release = Promise.withResolvers<PlanExecutionResult>();
      world.work = (signal) =>
        Promise.race([release.promise, untilAborted(signal, new Unavailable("aborted"))]);
      const outcome = run();
      await settled();
      const replace = world.objects.replace.bind(world.objects);
      world.objects.replace = () => Promise.reject(new Unavailable("Cloud Storage: 503"));
      await world.tick();
      world.objects.replace = replace;
      await world.tick();
      release.resolve(planned());
      expect((await outcome).kind).to.equal("done");
    });

    it("is lost when renewals fail for its whole term", async () => {
      world.work = (signal) => untilAborted(signal, new Unavailable("aborted"));
      const outcome = run();
      await settled();
      world.objects.replace = () => Promise.reject(new Unavailable("Cloud Storage: 503"));
      await world.tick();
      await world.tick();
      await world.tick();
      expect((await outcome).kind).to.equal("retry");
    });
  });

  it("stops the plan when nobody waits for it any more", async () => {
    world.work = (signal) => untilAborted(signal, new Unavailable("aborted"));
    const outcome = run();
    await settled();
    world.gone.abort();
    expect(await outcome).to.deep.equal({
      kind: "retry",
      reason: "Nobody waits for this plan any more.",
    });
    expect(world.stored("leases/")).to.deep.equal([]);
  });

  describe("a fault", () => {
    const faults: [string, (fault: Error) => void][] = [
      ["of the token", (fault) => (world.onToken = () => raise(fault))],
      [
        "of the checkout's token",
        (fault) => (world.onToken = (what) => what === "checkout" && raise(fault)),
      ],
      ["of reading the pull request", (fault) => failAt("read", fault)],
      ["of the check", (fault) => failAt("check in_progress", fault)],
      ["of the executor", (fault) => (world.work = () => Promise.reject(fault))],
      ["of listing comments", (fault) => failAt("comments", fault)],
      ["of posting the comment", (fault) => failAt("post", fault)],
      ["of the last check", (fault) => failAt("check success", fault)],
    ];
    function failAt(name: string, fault: Error): void {
      world.pull.before = (call) => call === name && raise(fault);
    }

    for (const [where, arrange] of faults) {
      it(`${where} that passes lets the message come again, and leaves no lease`, async () => {
        arrange(new Unavailable("It passes."));
        expect(await run()).to.deep.equal({ kind: "retry", reason: "It passes." });
        expect(world.stored("leases/")).to.deep.equal([]);
        expect(world.stored("results/")).to.deep.equal([]);
        expect(world.repeating).to.equal(0);
        expect(world.lines.at(-1)).to.deep.equal({
          severity: "WARNING",
          message: "plan put off: It passes.",
          fields: LABELS,
        });
      });
    }

    it("of GitHub's limits says when", async () => {
      failAt("read", new Unavailable("GitHub: limit", 90));
      expect(await run()).to.deep.equal({
        kind: "slowDown",
        reason: "GitHub: limit",
        afterSeconds: 90,
      });
    });

    it("that stays is acknowledged, and logged as an error", async () => {
      failAt("read", new Refused(403, "Not accessible"));
      expect(await run()).to.deep.equal({ kind: "done", body: { result: "refused" } });
      expect(world.lines.at(-1)).to.deep.equal({
        severity: "ERROR",
        message: "GitHub refused: Not accessible",
        fields: { ...LABELS, github_status: 403 },
      });
      expect(world.stored("leases/")).to.deep.equal([]);
    });

    it("that is a bug is thrown, and leaves no lease", async () => {
      failAt("read", new TypeError("a bug"));
      const error = await run().then(() => undefined, String);
      expect(error).to.equal("TypeError: a bug");
      expect(world.stored("leases/")).to.deep.equal([]);
    });

    it("of the timings' line costs nothing but the line", async () => {
      failAt("edit 101", new Unavailable("It passes."));
      expect(await run()).to.deep.equal({ kind: "done", body: { result: "planned" } });
      expect(world.pull.bodies[0]).not.to.include("Timings");
    });

    it("after the comment lets the next delivery write over the same comment", async () => {
      failAt("check success", new Unavailable("It passes."));
      await run();
      world.pull.before = () => undefined;
      expect((await run()).kind).to.equal("done");
      expect(world.pull.bodies).to.have.length(1);
    });
  });

  describe("the comment's lease", () => {
    const hold = () =>
      void world.objects.stored.set(commentLease(request), {
        content: HELD(NOON * 2),
        generation: "g",
      });

    it("is waited for", async () => {
      hold();
      world.afterWait = () => {
        if (world.waits.length === 3) world.objects.stored.delete(commentLease(request));
      };
      expect((await run()).kind).to.equal("done");
      expect(world.waits).to.deep.equal([0.2, 0.3, 0.5]);
    });

    it("keeps a late writer from writing over a newer comment", async () => {
      const post = Promise.withResolvers<undefined>();
      const { pull } = world;
      const original = pull.post.bind(pull);
      pull.post = async (body) => {
        await post.promise;
        return original(body);
      };
      const outcome = run();
      await settled();
      hold();
      await world.tick();
      post.resolve(undefined);
      expect(await outcome).to.deep.equal({ kind: "retry", reason: "The lease was lost." });
      expect(pull.calls).not.to.include("edit 101");
    });

    it("is taken over from a writer that was killed, however new its lease", async () => {
      world.objects.stored.set(commentLease(request), {
        content: HELD(NOON + 60_000),
        generation: "g",
      });
      expect(await run()).to.deep.equal({ kind: "done", body: { result: "planned" } });
    });

    it("is not waited for for ever", async () => {
      hold();
      expect(await run()).to.deep.equal({
        kind: "retry",
        reason: "The comment is being written by another run.",
      });
      expect(world.waits.reduce((sum, each) => sum + each)).to.be.within(60, 70);
      expect(world.stored("leases/")).to.deep.equal([commentLease(request)]);
    });
  });

  describe("a plan that is too long", () => {
    const text = "x".repeat(999) + "\n";

    it("is parted, and its superfluous parts go with a shorter one", async () => {
      world.work = () => Promise.resolve(planned({ text: text.repeat(150) }));
      await run();
      expect(world.pull.bodies).to.have.length(3);
      expect(world.stored("plans/")).to.deep.equal([]);
      world.work = () => Promise.resolve(planned({ text }));
      await run(planRequest({ rerun: "d-2" }));
      expect(world.pull.bodies).to.have.length(1);
      expect(world.pull.calls.slice(-6)).to.deep.equal([
        "comments",
        "edit 101",
        "remove 102",
        "remove 103",
        "edit 101",
        "check success",
      ]);
    });

    it("goes to the bucket whole where it takes too many parts", async () => {
      world.settings = { ...world.settings, hasPlanLinks: true };
      world.work = () => Promise.resolve(planned({ text: text.repeat(400) }));
      await run();
      expect(world.pull.bodies).to.have.length(1);
      expect(world.objects.stored.get(overflowObject(request))?.content).to.equal(text.repeat(400));
      expect(world.pull.bodies[0]).to.include(
        `(https://storage.cloud.google.com/p-plan-state/${overflowObject(request)})`,
      );
      expect(world.pull.checks.at(-1)?.text?.length).to.be.within(60_000, 65_535);
    });

    it("is not linked to where nobody may read it", async () => {
      world.work = () => Promise.resolve(planned({ text: text.repeat(400) }));
      await run();
      expect(world.stored("plans/")).to.have.length(1);
      expect(world.pull.bodies[0]).not.to.include("storage.cloud.google.com");
    });

    it("is not linked to where it is a failure's, which is kept nowhere", async () => {
      world.settings = { ...world.settings, hasPlanLinks: true, maxCharacters: 4_000 };
      const error = text.repeat(40);
      world.work = () =>
        Promise.resolve({ outcome: "failed", step: "tofu plan", error, timings: TIMINGS });
      await run();
      expect(world.stored("plans/")).to.deep.equal([]);
      expect(world.pull.bodies[0]).not.to.include("storage.cloud.google.com");
    });

    it("fits the check in bytes, its fence closed", async () => {
      world.work = () => Promise.resolve(planned({ text: "€".repeat(50_000) }));
      await run();
      const shown = world.pull.checks.at(-1)?.text ?? "";
      expect(Buffer.byteLength(shown)).to.be.within(50_000, 65_535);
      expect(shown.endsWith("\n```\n")).to.equal(true);
    });

    it("is made shorter until GitHub takes it", async () => {
      world.pull.before = (_call, body = "") => {
        if (body.length > 9_000) throw new TooLong("GitHub: body is too long");
      };
      world.work = () => Promise.resolve(planned({ text: text.repeat(30) }));
      expect((await run()).kind).to.equal("done");
      expect(world.pull.bodies).to.have.length(5);
      expect(world.pull.bodies.every((body) => body.length <= 9_000)).to.equal(true);
    });

    it("is reduced to its summary where GitHub takes no more", async () => {
      world.pull.before = (_call, body = "") => {
        if (body.length > 600) throw new TooLong("GitHub: body is too long");
      };
      world.work = () => Promise.resolve(planned({ text: text.repeat(30) }));
      expect((await run()).kind).to.equal("done");
      expect(world.pull.bodies).to.have.length(1);
      expect(world.pull.bodies[0]).to.include("**Plan: 1 to add**");
    });

    it("is left out of the check where GitHub finds it too long there", async () => {
      let times = 0;
      world.pull.before = (call) => {
        if (call === "check success" && (times += 1) === 1) throw new TooLong("GitHub: too long");
      };
      expect((await run()).kind).to.equal("done");
      expect(world.pull.checks.at(-1)?.text).to.equal(undefined);
    });
  });

  describe("comments that are there already", () => {
    it("writes a new one where the comment was deleted while it was planned", async () => {
      await run();
      world.pull.before = (call) => {
        if (call === "edit 101") world.pull.stored.splice(0, 1);
      };
      await run(planRequest({ rerun: "d-2" }));
      expect(world.pull.bodies).to.have.length(1);
    });

    it("adopts the newest of the first runner's, and folds the older ones away", async () => {
      const former = (sha: string) => world.pull.add(`<!-- runners-poc:plan:pr-7-${sha} -->\nold`);
      [former("aaaaaaa"), former("bbbbbbb"), former("ccccccc")].forEach(() => undefined);
      world.pull.add("<!-- runners-poc:plan:pr-8-ddddddd -->\nof another pull request");
      await run();
      expect(world.pull.calls.filter((call) => /^(edit|hide|post)/.test(call))).to.deep.equal([
        "edit 103",
        "hide 101",
        "hide 102",
        "edit 103",
      ]);
    });

    it("keeps to its own comment once it has one, whatever the first runner left", async () => {
      for (const sha of ["aaaaaaa", "bbbbbbb", "ccccccc"]) {
        world.pull.add(`<!-- runners-poc:plan:pr-7-${sha} -->\nold`);
      }
      await run();
      world.pull.calls.length = 0;
      await run(planRequest({ rerun: "d-2" }));
      const written = world.pull.calls.filter((call) => /^(edit|hide|post|remove)/.test(call));
      expect(written).to.deep.equal(["edit 103", "edit 103"]);
      expect(world.pull.stored.map(({ isHidden }) => isHidden)).to.deep.equal([true, true, false]);
    });

    it("folds away what it can of the first runner's", async () => {
      for (const sha of ["aaaaaaa", "bbbbbbb", "ccccccc"]) {
        world.pull.add(`<!-- runners-poc:plan:pr-7-${sha} -->\nold`);
      }
      world.pull.before = (call) => call === "hide 101" && raise(new Refused(403, "No."));
      expect((await run()).kind).to.equal("done");
      expect(world.pull.stored.map(({ isHidden }) => isHidden)).to.deep.equal([false, true, false]);
    });

    it("takes no comment of ours for the first runner's", async () => {
      const other =
        "<!-- runners-poc:plan:pr-7-aaaaaaa -->\n<!-- switchyard:plan:0000000000000000 -->";
      world.pull.add(`${other}\nof another directory`);
      await run();
      expect(world.pull.bodies[0]).to.include("of another directory");
      expect(world.pull.bodies).to.have.length(2);
    });

    it("leaves the first runner's alone for another directory", async () => {
      world.pull.add("<!-- runners-poc:plan:pr-7-aaaaaaa -->\nold");
      await run(planRequest({ dir: "envs/prod" }));
      expect(world.pull.bodies[0]).to.include("old");
      expect(world.pull.bodies).to.have.length(2);
    });

    it("keeps directories and workspaces apart, whatever their plans say", async () => {
      await run();
      const root = world.pull.bodies[0] ?? "";
      world.work = () => Promise.resolve(planned({ text: root }));
      await run(planRequest({ dir: "envs/prod" }));
      await run(planRequest({ workspace: "blue" }));
      expect(world.pull.bodies).to.have.length(3);
      await run(planRequest({ dir: "envs/prod", rerun: "d-2" }));
      expect(world.pull.bodies).to.have.length(3);
      expect(world.pull.bodies[0]).to.equal(root);
    });

    describe("of a directory that is not changed any more", () => {
      const plans = [{ dir: ".", workspace: "default" }];
      const elsewhere = { dir: "envs/prod", plan_id: "pr-7-0123456-abc" };
      const dirs = (): unknown[] =>
        world.pull.bodies.map((body) => (body.includes("envs/prod") ? "envs/prod" : "."));

      async function pushAfterBoth(work: Partial<PlanRequest["work"]>): Promise<void> {
        await run();
        await run(planRequest(elsewhere));
        world.pull.state = { ...world.pull.state, headSha: NEWER_SHA };
        const request = planRequest(work);
        request.pull_request.head_sha = NEWER_SHA;
        await run(request);
      }

      it("is removed with all its parts", async () => {
        const text = Array.from({ length: 4_000 }, (_, n) => `+ line ${n} of a long plan`);
        world.work = () => Promise.resolve(planned({ text: text.join("\n") }));
        await run(planRequest(elsewhere));
        expect(world.pull.bodies.length).to.be.above(1);
        world.work = () => Promise.resolve(planned());
        await pushAfterBoth({ plans });
        expect(dirs()).to.deep.equal(["."]);
      });

      it("stays where it is not known what else is planned", async () => {
        await pushAfterBoth({});
        expect(dirs()).to.deep.equal([".", "envs/prod"]);
      });

      it("stays where it is one of the plans, or somebody asked for it at this head", async () => {
        await pushAfterBoth({ plans: [...plans, { dir: "envs/prod", workspace: "default" }] });
        expect(dirs()).to.deep.equal([".", "envs/prod"]);
        const asked = planRequest({ ...elsewhere, rerun: "d-2" });
        asked.pull_request.head_sha = NEWER_SHA;
        await run(asked);
        const again = planRequest({ plans, rerun: "d-3" });
        again.pull_request.head_sha = NEWER_SHA;
        await run(again);
        expect(dirs()).to.deep.equal([".", "envs/prod"]);
      });
    });

    it("removes doubles, or folds away what cannot be removed", async () => {
      await run();
      world.pull.add(world.pull.bodies[0] ?? "");
      world.pull.before = (call) => call.startsWith("remove") && raise(new Refused(403, "No."));
      await run(planRequest({ rerun: "d-2" }));
      expect(world.pull.stored.map(({ isHidden }) => isHidden)).to.deep.equal([false, true]);
    });
  });
});

function failed(step: string): PlanExecutionResult {
  return { outcome: "failed", step, error: "the reason", timings: TIMINGS };
}

function raise(error: Error): never {
  throw error;
}
