import { verify } from "@octokit/webhooks-methods";
import { expect } from "chai";
import { ManualClock } from "../../../../local/clock.ts";
import { bodyOf, header, textResponse, type LocalRequest } from "../../../../local/http/message.ts";
import type { RepositoryDesk } from "../../../../local/outside/github/developer/repository.ts";
import { asApp, PLANNER, smallHub, type SmallHub } from "./small-hub.ts";

interface Payload {
  readonly action?: string;
  readonly [key: string]: unknown;
}

async function payloadOf(request: LocalRequest | undefined): Promise<Payload> {
  if (request === undefined) throw new Error("There was no such webhook.");
  return JSON.parse((await bodyOf(request)).toString()) as Payload;
}

async function installed(options: Parameters<typeof smallHub>[0] = {}) {
  const hub = smallHub(options);
  const repository = hub.github.createRepository({ fullName: "acme/infra" });
  const { id } = await hub.github.install("planner", "acme");
  return { hub, repository, id };
}

/** `event.action` of every webhook, in order. */
function sent({ github }: SmallHub): readonly string[] {
  return github.deliveries.map(({ event, action }) => (action ? `${event}.${action}` : event));
}

async function open(repository: RepositoryDesk, branch = "feature") {
  return repository.openPullRequest({
    branch,
    files: { "main.tf": 'output "a" { value = 1 }\n' },
    user: "alice",
    title: "Add an output",
    labels: ["infra"],
  });
}

describe("GitHub webhooks", () => {
  it("are signed over their exact bytes and carry GitHub's headers", async () => {
    const { hub } = await installed();
    await hub.github.ping("planner");
    const request = hub.received.at(-1);
    if (request === undefined) throw new Error("No ping came.");
    const { headers, method, url } = request;
    const body = (await bodyOf(request)).toString();
    expect([method, url.href]).to.deep.equal(["POST", PLANNER.webhookUrl]);
    const signature = header(headers, "x-hub-signature-256") ?? "";
    expect(await verify(PLANNER.webhookSecret, body, signature)).to.equal(true);
    expect(await verify("another", body, signature)).to.equal(false);
    expect(header(headers, "x-github-event")).to.equal("ping");
    expect(header(headers, "x-github-delivery")).to.match(/^[0-9a-f-]{36}$/);
    expect(header(headers, "user-agent")).to.match(/^GitHub-Hookshot\//);
    expect(header(headers, "content-type")).to.equal("application/json");
  });

  it("tell an App of every step of a pull request", async () => {
    const { hub, repository } = await installed();
    const pull = await open(repository);
    await pull.push({ "main.tf": "" });
    await pull.label("plan-me", "bob");
    await pull.convertToDraft();
    await pull.readyForReview();
    await repository.commit({ branch: "release", files: {} });
    await pull.editBase("release");
    await pull.close();
    await pull.reopen();
    await pull.comment("bob", "/plan");
    expect(sent(hub)).to.deep.equal([
      "installation.created",
      "pull_request.opened",
      "pull_request.synchronize",
      "pull_request.labeled",
      "pull_request.converted_to_draft",
      "pull_request.ready_for_review",
      "pull_request.edited",
      "pull_request.closed",
      "pull_request.reopened",
      "issue_comment.created",
    ]);
    const edited = await payloadOf(hub.received[6]);
    expect(edited.changes).to.deep.nested.include({ "base.ref": { from: "main" } });
    const labeled = await payloadOf(hub.received[3]);
    expect(labeled).to.deep.nested.include({ "label.name": "plan-me", "sender.login": "bob" });
  });

  it("say nothing of pushes to a closed pull request, which it takes up when reopened", async () => {
    const { hub, repository } = await installed();
    const pull = await open(repository);
    await pull.close();
    const before = hub.github.deliveries.length;
    const sha = await pull.push({ "main.tf": "later" });
    expect(hub.github.deliveries).to.have.lengthOf(before);
    await pull.reopen();
    const payload = await payloadOf(hub.received.at(-1));
    expect(payload).to.deep.nested.include({ action: "reopened", "pull_request.head.sha": sha });
  });

  it("have the fields that an App reads of a pull request", async () => {
    const { hub, repository, id } = await installed();
    repository.setCollaborator("alice", "write");
    const pull = await open(repository);
    const payload = await payloadOf(hub.received.at(-1));
    expect(payload).to.deep.nested.include({
      action: "opened",
      number: 1,
      "repository.id": repository.repository.id,
      "repository.full_name": "acme/infra",
      "repository.name": "infra",
      "repository.owner.login": "acme",
      "repository.private": true,
      "repository.clone_url": "https://github.com/acme/infra.git",
      "repository.default_branch": "main",
      "installation.id": id,
      "sender.login": "alice",
      "sender.type": "User",
      "pull_request.state": "open",
      "pull_request.draft": false,
      "pull_request.user.login": "alice",
      "pull_request.author_association": "COLLABORATOR",
      "pull_request.labels[0].name": "infra",
      "pull_request.head.sha": pull.headSha,
      "pull_request.head.ref": "feature",
      "pull_request.head.repo.full_name": "acme/infra",
      "pull_request.base.sha": repository.head(),
      "pull_request.base.ref": "main",
      "pull_request.base.repo.full_name": "acme/infra",
    });
  });

  it("show a fork as the head, and null once it is deleted", async () => {
    const { hub, repository } = await installed();
    const fork = hub.github.fork(repository, "mallory");
    const files = { "main.tf": "# theirs\n" };
    const pull = await repository.openPullRequest({ branch: "main", from: fork, files });
    const before = await payloadOf(hub.received.at(-1));
    hub.github.deleteRepository(fork);
    await pull.label("safe", "acme");
    const after = await payloadOf(hub.received.at(-1));
    expect(before).to.deep.nested.include({
      "pull_request.head.repo.full_name": "mallory/infra",
      "pull_request.user.login": "mallory",
      "pull_request.author_association": "NONE",
      "repository.full_name": "acme/infra",
    });
    expect(after).to.deep.nested.include({
      "pull_request.head.repo": null,
      "pull_request.head.sha": pull.headSha,
    });
  });

  it("tell the App that made a check run when a person asks for another run", async () => {
    const { hub, repository, id } = await installed();
    const pull = await open(repository);
    const { data: run } = await asApp(hub, id).rest.checks.create({
      owner: "acme",
      repo: "infra",
      name: "plan",
      head_sha: pull.headSha,
      external_id: "infra:default",
      conclusion: "failure",
    });
    await repository.rerequestCheckRun(run.id, "alice");
    const payload = await payloadOf(hub.received.at(-1));
    expect(payload).to.deep.nested.include({
      action: "rerequested",
      "check_run.id": run.id,
      "check_run.name": "plan",
      "check_run.head_sha": pull.headSha,
      "check_run.external_id": "infra:default",
      "check_run.conclusion": "failure",
      "check_run.app.id": PLANNER.id,
      "check_run.pull_requests[0].number": 1,
      "sender.login": "alice",
    });
  });

  it("tell an App of its own comments too, as written by its bot", async () => {
    const { hub, repository, id } = await installed();
    const pull = await open(repository);
    await asApp(hub, id).rest.issues.createComment({
      owner: "acme",
      repo: "infra",
      issue_number: pull.number,
      body: "done",
    });
    await hub.github.idle();
    const payload = await payloadOf(hub.received.at(-1));
    expect(payload).to.deep.nested.include({
      action: "created",
      "issue.number": 1,
      "comment.body": "done",
      "comment.user.login": "planner[bot]",
      "comment.performed_via_github_app.slug": "planner",
      "sender.type": "Bot",
    });
    expect(payload).to.have.nested.property("issue.pull_request.url");
  });

  it("go only to Apps that are installed there and subscribe", async () => {
    const { hub } = await installed({ app: { events: ["issue_comment"] } });
    const elsewhere = hub.github.createRepository({ fullName: "other/infra" });
    await (await open(elsewhere)).comment("alice", "hello");
    const here = hub.github.createRepository({ fullName: "acme/second" });
    await (await open(here)).comment("alice", "hello");
    expect(sent(hub)).to.deep.equal(["installation.created", "issue_comment.created"]);
  });

  it("are tried once, and again under the same GUID and with the same bytes when asked", async () => {
    const answers = [204, 503, 202];
    const received: LocalRequest[] = [];
    const { hub, repository } = await installed({
      deliver: (request) => {
        received.push(request);
        return Promise.resolve(textResponse(answers.shift() ?? 500, "answer"));
      },
    });
    await open(repository);
    const delivery = hub.github.deliveries.at(-1);
    if (delivery === undefined) throw new Error("Nothing was delivered.");
    expect(delivery.attempts.map(({ status }) => status)).to.deep.equal([503]);
    await hub.github.redeliver(delivery.guid);
    expect(delivery.attempts.map(({ status }) => status)).to.deep.equal([503, 202]);
    const [, first, second] = received;
    expect(second?.headers).to.deep.equal(first?.headers);
    expect(second?.body).to.deep.equal(first?.body);
  });

  it("can be redelivered for three days", async () => {
    const clock = new ManualClock();
    const { hub, repository } = await installed({ clock });
    const [first] = hub.github.deliveries;
    await clock.advance({ seconds: 3 * 86_400 });
    await open(repository);
    expect(sent(hub)).to.deep.equal(["installation.created", "pull_request.opened"]);
    await clock.advance({ seconds: 1 });
    await open(repository, "another");
    expect(sent(hub)).to.deep.equal(["pull_request.opened", "pull_request.opened"]);
    const late = await hub.github.redeliver(first?.guid ?? "").catch((error: unknown) => error);
    expect(late).to.have.property("message", `There is no webhook delivery ${first?.guid ?? ""}.`);
  });

  it("fail when the App does not answer in time", async () => {
    const { hub } = await installed({
      deliver: () => new Promise(() => undefined),
      deliveryTimeoutMs: 5,
    });
    const [{ attempts } = { attempts: [] }] = hub.github.deliveries;
    expect(attempts.map(({ status, answer }) => ({ status, answer }))).to.deep.equal([
      { status: undefined, answer: "Error: no answer within 5 ms" },
    ]);
  });

  it("refuse a subscription that the permissions do not allow, or that is never sent", () => {
    const permissions = { contents: "read" } as const;
    expect(() => smallHub({ app: { permissions } })).to.throw(
      "App planner subscribes to pull_request, which needs pull_requests.",
    );
    expect(() => smallHub({ app: { events: ["push"] } })).to.throw(
      "App planner subscribes to push, which the stand-in GitHub never sends.",
    );
  });
});
