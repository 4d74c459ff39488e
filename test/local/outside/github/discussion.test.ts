import { expect } from "chai";
import type { CommentLimit } from "../../../../local/outside/github/options.ts";
import { asApp, mint, refusal, smallHub, withToken } from "./small-hub.ts";

const REPO = { owner: "acme", repo: "infra" };
const PULL = { ...REPO, issue_number: 1 };

async function withPull(commentLimit: CommentLimit = "stated") {
  const hub = smallHub({ commentLimit });
  const repository = hub.github.createRepository({ fullName: "acme/infra" });
  const { id } = await hub.github.install("planner", "acme");
  const pull = await repository.openPullRequest({
    branch: "feature",
    files: { "main.tf": "a\n" },
    user: "alice",
  });
  return { hub, repository, pull, id, octokit: asApp(hub, id) };
}

describe("GitHub comments", () => {
  it("are created, changed, read and deleted", async () => {
    const { octokit, pull } = await withPull();
    const { issues } = octokit.rest;
    const { data: created } = await issues.createComment({ ...PULL, body: "first" });
    expect(created).to.deep.nested.include({
      body: "first",
      "user.login": "planner[bot]",
      "user.type": "Bot",
      "performed_via_github_app.slug": "planner",
      author_association: "NONE",
    });
    await issues.updateComment({ ...REPO, comment_id: created.id, body: "second" });
    const { data } = await issues.getComment({ ...REPO, comment_id: created.id });
    expect(data.body).to.equal("second");
    await issues.deleteComment({ ...REPO, comment_id: created.id });
    expect(pull.comments).to.deep.equal([]);
    const gone = refusal(issues.updateComment({ ...REPO, comment_id: created.id, body: "third" }));
    expect(await gone).to.deep.equal({ status: 404, message: "Not Found" });
  });

  it("are listed oldest first, page by page", async () => {
    const { octokit, pull } = await withPull();
    for (let i = 1; i <= 5; i++) await pull.comment("alice", `${i}`);
    const { data, headers } = await octokit.rest.issues.listComments({
      ...PULL,
      per_page: 2,
      page: 2,
    });
    expect(data.map(({ body }) => body)).to.deep.equal(["3", "4"]);
    const link = (page: number) =>
      `<https://api.github.com/repos/acme/infra/issues/1/comments?per_page=2&page=${page}>`;
    expect(headers.link).to.equal(
      `${link(1)}; rel="prev", ${link(3)}; rel="next", ${link(3)}; rel="last", ${link(1)}; rel="first"`,
    );
    const all = await octokit.paginate(octokit.rest.issues.listComments, { ...PULL, per_page: 2 });
    expect(all.map(({ body }) => body)).to.deep.equal(["1", "2", "3", "4", "5"]);
  });

  const limits = {
    stated: { longest: "😀".repeat(65_536), tooLong: "a".repeat(65_537) },
    measured: { longest: "😀".repeat(65_536), tooLong: "a".repeat(262_145) },
  } as const;
  for (const limit of ["stated", "measured"] as const) {
    it(`are refused above the ${limit} limit, and then stay as they were`, async () => {
      const { octokit, pull } = await withPull(limit);
      const { longest, tooLong } = limits[limit];
      const { issues } = octokit.rest;
      const { data } = await issues.createComment({ ...PULL, body: longest });
      const update = issues.updateComment({ ...REPO, comment_id: data.id, body: tooLong });
      const error = await update.catch((thrown: unknown) => thrown);
      expect(error).to.have.property("status", 422);
      expect(error)
        .to.have.nested.property("response.data")
        .deep.equal({
          message: "Validation Failed",
          errors: [
            {
              resource: "IssueComment",
              code: "unprocessable",
              field: "data",
              message: "Body is too long (maximum is 65536 characters)",
            },
          ],
          documentation_url: "https://docs.github.com/rest",
          status: "422",
        });
      expect(pull.comments.map(({ body }) => body === longest)).to.deep.equal([true]);
    });
  }

  it("may be written with either of two permissions, and not without", async () => {
    const { hub, id } = await withPull();
    const write = async (permissions: Record<string, string>) => {
      const octokit = withToken(hub, await mint(hub, id, { permissions }));
      return octokit.rest.issues.createComment({ ...PULL, body: "x" });
    };
    expect((await write({ issues: "write" })).status).to.equal(201);
    const refused = await refusal(write({ issues: "read", pull_requests: "read" }));
    expect(refused.status).to.equal(403);
  });

  it("are minimized through GraphQL", async () => {
    const { hub, octokit, pull, id } = await withPull();
    const { nodeId: subject } = await pull.comment("alice", "old");
    const inline = `mutation($id: ID!) {
      minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized } }
    }`;
    expect(await octokit.graphql(inline, { id: subject })).to.deep.equal({
      minimizeComment: {
        minimizedComment: { isMinimized: true, minimizedReason: "outdated" },
      },
    });
    expect(pull.comments.map(({ minimized }) => minimized)).to.deep.equal(["OUTDATED"]);

    const unknown = octokit.graphql(inline, { id: "IC_none" });
    expect(await unknown.catch(String)).to.match(/Could not resolve to a node .* 'IC_none'/);
    const reader = withToken(hub, await mint(hub, id, { permissions: { issues: "read" } }));
    const refused = reader.graphql(inline, { id: subject });
    expect(await refused.catch(String)).to.match(/Resource not accessible by integration/);
    const other = octokit.graphql("{ viewer { login } }");
    expect(await other.catch(String)).to.match(/implements no GraphQL but/);
  });
});

describe("GitHub pull requests", () => {
  it("say what they change against where they left their base", async () => {
    const { repository, octokit } = await withPull();
    await repository.commit({ files: { "kept.tf": "k\n", "gone.tf": "g\n", "old.tf": "long\n" } });
    const pull = await repository.openPullRequest({
      branch: "second",
      files: { "kept.tf": "k\nl\n", "gone.tf": null, "old.tf": null, "new.tf": "long\n" },
    });
    await repository.commit({ files: { "elsewhere.tf": "later\n" } });
    const given = { ...REPO, pull_number: pull.number };
    const { data } = await octokit.rest.pulls.listFiles(given);
    expect(
      data.map((each) => [each.filename, each.status, each.previous_filename, each.changes]),
    ).to.deep.equal([
      ["gone.tf", "removed", undefined, 1],
      ["kept.tf", "modified", undefined, 1],
      ["new.tf", "renamed", "old.tf", 0],
    ]);
    const { data: shown } = await octokit.rest.pulls.get(given);
    expect(shown).to.deep.include({ number: 2, state: "open", draft: false, changed_files: 3 });
    expect(shown.head.sha).to.equal(pull.headSha);
  });

  it("have labels, which an App may add", async () => {
    const { hub, octokit, pull } = await withPull();
    await pull.label("one");
    await octokit.rest.issues.addLabels({ ...PULL, labels: ["one", "two"] });
    await hub.github.idle();
    const { data } = await octokit.rest.issues.listLabelsOnIssue(PULL);
    expect(data.map(({ name }) => name)).to.deep.equal(["one", "two"]);
    const labeled = hub.github.deliveries.filter(({ action }) => action === "labeled");
    expect(labeled).to.have.lengthOf(2);
  });

  it("tell what a person may do with the repository", async () => {
    const { repository, octokit } = await withPull();
    repository.setCollaborator("bob", "maintain");
    repository.setCollaborator("carol", "triage");
    repository.setCollaborator("dave", "write");
    repository.setCollaborator("dave", "none");
    const shown = await Promise.all(
      ["bob", "carol", "dave", "acme"].map(async (username) => {
        const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
          ...REPO,
          username,
        });
        return [username, data.permission, data.role_name];
      }),
    );
    expect(shown).to.deep.equal([
      ["bob", "write", "maintain"],
      ["carol", "read", "triage"],
      ["dave", "none", "none"],
      ["acme", "admin", "admin"],
    ]);
    const nobody = octokit.rest.repos.getCollaboratorPermissionLevel({
      ...REPO,
      username: "nobody",
    });
    expect((await refusal(nobody)).status).to.equal(404);
  });
});

describe("GitHub check runs", () => {
  it("go from queued to completed", async () => {
    const { octokit, pull } = await withPull();
    const { checks } = octokit.rest;
    const { data: run } = await checks.create({ ...REPO, name: "plan", head_sha: pull.headSha });
    expect(run).to.include({ status: "queued", conclusion: null, completed_at: null });
    const given = { ...REPO, check_run_id: run.id };
    await checks.update({ ...given, status: "in_progress" });
    await checks.update({
      ...given,
      conclusion: "success",
      details_url: "https://example.com/plan",
      output: { title: "1 to add", summary: "fine", text: "all of it" },
    });
    const { data } = await checks.get(given);
    expect(data).to.include({ status: "completed", conclusion: "success" });
    expect(data.output).to.include({ title: "1 to add", summary: "fine", text: "all of it" });
    expect(data.pull_requests.map(({ number }) => number)).to.deep.equal([1]);
    expect(pull.checkRuns.map(({ id }) => id)).to.deep.equal([run.id]);
  });

  it("are listed for a ref by name, newest first and only the latest unless all are asked for", async () => {
    const { octokit, pull } = await withPull();
    const { checks } = octokit.rest;
    const ids = new Map<string, number>();
    for (const [key, name] of Object.entries({
      first: "plan a",
      again: "plan a",
      other: "plan b",
    })) {
      const { data } = await checks.create({ ...REPO, name, head_sha: pull.headSha });
      ids.set(key, data.id);
    }
    const list = async (given: { check_name?: string; filter?: "all" | "latest" }) => {
      const { data } = await checks.listForRef({ ...REPO, ref: "feature", ...given });
      expect(data.total_count).to.equal(data.check_runs.length);
      return data.check_runs.map(({ id }) => [...ids].find(([, each]) => each === id)?.[0]);
    };
    expect(await list({})).to.deep.equal(["other", "again"]);
    expect(await list({ check_name: "plan a", filter: "all" })).to.deep.equal(["again", "first"]);
  });

  it("name no pull request that came from a fork", async () => {
    const { hub, repository, octokit } = await withPull();
    const fork = hub.github.fork(repository, "mallory");
    const pull = await repository.openPullRequest({
      branch: "main",
      from: fork,
      files: { "x.tf": "" },
    });
    const { data } = await octokit.rest.checks.create({
      ...REPO,
      name: "plan",
      head_sha: pull.headSha,
    });
    expect(data.pull_requests).to.deep.equal([]);
  });

  it("are refused with what GitHub does not take", async () => {
    const { octokit, pull } = await withPull();
    const head_sha = pull.headSha;
    const create = (given: object) =>
      refusal(
        octokit.request("POST /repos/{owner}/{repo}/check-runs", {
          ...REPO,
          name: "plan",
          head_sha,
          ...given,
        }),
      );
    const output = { title: "t", summary: "s" };
    const refused = await Promise.all([
      create({ head_sha: "0".repeat(40) }),
      create({ status: "completed" }),
      create({ conclusion: "stale" }),
      create({ output: { title: "t" } }),
      create({ output: { ...output, text: "x".repeat(65_536) } }),
      create({ output: { ...output, summary: "x".repeat(65_536) } }),
      // 65,538 bytes.
      create({ output: { ...output, summary: "€".repeat(21_846) } }),
    ]);
    expect(refused.map(({ status }) => status)).to.deep.equal(Array(7).fill(422));
    const longest = { ...output, text: "x".repeat(65_535) };
    const { status } = await octokit.rest.checks.create({
      ...REPO,
      name: "plan",
      head_sha,
      output: longest,
    });
    expect(status).to.equal(201);
  });
});
