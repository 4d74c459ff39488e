import { expect } from "chai";
import { asApp, refusal, smallHub, withToken } from "./small-hub.ts";

const REPO = { owner: "acme", repo: "infra" };

/** A repository with a branch, an App on it, and somebody who may write. */
async function workshop() {
  const hub = smallHub();
  const repository = hub.github.createRepository({ fullName: "acme/infra" });
  await repository.commit({ branch: "feature", files: { "main.tf": "" } });
  const { id } = await hub.github.install("planner", "acme");
  const token = hub.github.personalToken("dev");
  repository.setCollaborator("dev", "write");
  return { hub, repository, id, rest: withToken(hub, token).rest };
}

/** `event.action` by whom, from the given webhook on. */
function sent({ github }: Awaited<ReturnType<typeof workshop>>["hub"], from = 0) {
  return github.deliveries.slice(from).map(({ event, action, body }) => {
    const { sender } = JSON.parse(body.toString()) as { sender: { login: string } };
    return `${event}.${action ?? ""} by ${sender.login}`;
  });
}

async function pull(rest: Awaited<ReturnType<typeof workshop>>["rest"]) {
  const { data } = await rest.pulls.create({
    ...REPO,
    head: "feature",
    base: "main",
    title: "Add",
  });
  return data;
}

describe("people at GitHub's API", () => {
  it("open a pull request, comment on it, close it and open it again; their App hears of it", async () => {
    const { hub, rest } = await workshop();
    const created = await rest.pulls.create({
      ...REPO,
      head: "acme:feature",
      base: "main",
      title: "Add a module",
      draft: true,
    });
    const { number, title, user, draft, changed_files } = created.data;
    expect({
      status: created.status,
      number,
      title,
      login: user.login,
      draft,
      changed_files,
    }).to.deep.equal({
      status: 201,
      number: 1,
      title: "Add a module",
      login: "dev",
      draft: true,
      changed_files: 1,
    });
    const { data } = await rest.issues.createComment({ ...REPO, issue_number: 1, body: "/plan" });
    expect([data.user?.login, data.performed_via_github_app]).to.deep.equal(["dev", null]);
    await rest.issues.updateComment({ ...REPO, comment_id: data.id, body: "never mind" });
    const closed = await rest.pulls.update({ ...REPO, pull_number: 1, state: "closed" });
    expect(closed.data.state).to.equal("closed");
    expect((await rest.pulls.list({ ...REPO })).data).to.deep.equal([]);
    expect((await rest.pulls.list({ ...REPO, state: "all" })).data).to.have.length(1);
    await rest.pulls.update({ ...REPO, pull_number: 1, state: "open" });
    await hub.github.idle();
    expect(sent(hub, 1)).to.deep.equal([
      "pull_request.opened by dev",
      "issue_comment.created by dev",
      "issue_comment.edited by dev",
      "pull_request.closed by dev",
      "pull_request.reopened by dev",
    ]);
  });

  it("press Re-run, which leaves the check as it is and tells its App", async () => {
    const { hub, repository, id, rest } = await workshop();
    await pull(rest);
    const app = asApp(hub, id).rest;
    const { data: run } = await app.checks.create({
      ...REPO,
      name: "plan",
      head_sha: repository.head("feature"),
      conclusion: "success",
    });
    await hub.github.idle();
    const before = hub.github.deliveries.length;
    expect((await rest.checks.rerequestRun({ ...REPO, check_run_id: run.id })).status).to.equal(
      201,
    );
    await hub.github.idle();
    expect(sent(hub, before)).to.deep.equal(["check_run.rerequested by dev"]);
    const { data: after } = await rest.checks.get({ ...REPO, check_run_id: run.id });
    expect([after.status, after.conclusion]).to.deep.equal(["completed", "success"]);
  });

  it("are refused a pull request that cannot be", async () => {
    const { rest } = await workshop();
    await pull(rest);
    const create = (head: string, base: string): Promise<unknown> =>
      rest.pulls.create({ ...REPO, head, base, title: "Again" });
    const errors = await Promise.all(
      [create("feature", "main"), create("main", "main"), create("nope", "main")].map(
        async (call) => {
          const error: unknown = await call.catch((reason: unknown) => reason);
          const { status, response } = error as Refused;
          return [status, response.data.errors];
        },
      ),
    );
    const custom = { resource: "PullRequest", code: "custom" };
    expect(errors).to.deep.equal([
      [422, [{ ...custom, message: "A pull request already exists for acme:feature." }]],
      [422, [{ ...custom, message: "No commits between main and main" }]],
      [422, [{ resource: "PullRequest", field: "head", code: "invalid" }]],
    ]);
  });

  it("are refused what is an App's, what only writers may, and what is not theirs to see", async () => {
    const { hub, repository, rest } = await workshop();
    await pull(rest);
    const head_sha = repository.head();
    expect(await refusal(rest.checks.create({ ...REPO, name: "plan", head_sha }))).to.deep.equal({
      status: 403,
      message: "You must authenticate via a GitHub App.",
    });
    expect(await refusal(rest.pulls.update({ ...REPO, pull_number: 1, title: "B" }))).to.deep.equal(
      {
        status: 422,
        message: "The stand-in GitHub changes no title of a pull request.",
      },
    );
    repository.setCollaborator("reader", "read");
    const reader = withToken(hub, hub.github.personalToken("reader")).rest;
    expect((await reader.pulls.get({ ...REPO, pull_number: 1 })).status).to.equal(200);
    const comment = { ...REPO, issue_number: 1, body: "/plan" };
    expect(await refusal(reader.issues.createComment(comment))).to.deep.equal({
      status: 403,
      message: "Resource not accessible by personal access token",
    });
    const stranger = withToken(hub, hub.github.personalToken("stranger")).rest;
    expect(await refusal(stranger.pulls.get({ ...REPO, pull_number: 1 }))).to.deep.equal({
      status: 404,
      message: "Not Found",
    });
  });
});

interface Refused {
  readonly status: number;
  readonly response: { readonly data: { readonly errors: unknown } };
}
