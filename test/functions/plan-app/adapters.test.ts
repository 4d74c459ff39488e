import { expect } from "chai";
import { NOT_QUEUED, QUEUED } from "../../../functions/plan-app/answers.ts";
import { gitHubRepositories } from "../../../functions/plan-app/adapters/github-repository.ts";
import { planTopic } from "../../../functions/plan-app/adapters/plan-topic.ts";
import { deliveriesIn, finishedIn } from "../../../functions/plan-app/adapters/state.ts";
import { resultObject } from "../../../functions/messages/plan-names.ts";
import { objectsOf } from "../../../functions/runtime/google/objects.ts";
import { GitHubStub } from "../../support/github-stub.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { GUID, HEAD, pullRequest } from "../../support/plan-app-ports.ts";
import { planRequest } from "../../support/plan-requests.ts";
import { thrownBy } from "../../support/thrown-by.ts";
import { pullRequestJson } from "../../support/webhooks.ts";

const AT = "/repos/octo/infra";
const file = (filename: string, status = "modified", previous_filename?: string) => ({
  filename,
  status,
  previous_filename,
});

describe("gitHubRepositories", () => {
  let stub: GitHubStub;
  before(async () => {
    stub = await GitHubStub.start();
  });
  after(() => stub.stop());
  beforeEach(() => stub.reset());

  const minted: unknown[] = [];
  const open = (seconds = 8, deadline?: AbortSignal) =>
    gitHubRepositories(
      { GITHUB_API_BASE_URL: stub.origin, GITHUB_APP_ID: "123", GITHUB_BUDGET_SECONDS: seconds },
      (repository, permissions) => {
        minted.push([repository, permissions]);
        return Promise.resolve("ghs_1");
      },
    )({ fullName: "octo/infra", installationId: 42 }, deadline);

  it("has a token for that repository and for what it does there", async () => {
    minted.length = 0;
    await open();
    expect(minted).to.deep.equal([
      [
        { owner: "octo", name: "infra", installationId: 42 },
        { contents: "read", pull_requests: "read", checks: "write" },
      ],
    ]);
  });

  it("reads the config file of a branch", async () => {
    const content = Buffer.from("drafts: true").toString("base64");
    stub.on(`GET ${AT}/contents/.plan-runner.yaml`, { body: { type: "file", size: 12, content } });
    expect(await (await open()).configFile("release/1")).to.deep.equal({
      bytes: 12,
      text: "drafts: true",
    });
    expect(stub.lines).to.deep.equal([`GET ${AT}/contents/.plan-runner.yaml?ref=release/1`]);
  });

  it("takes what is missing, and what is no file, for no config file", async () => {
    const repository = await open();
    expect(await repository.configFile("main")).to.equal(undefined);
    stub.on(`GET ${AT}/contents/.plan-runner.yaml`, { body: [{ type: "file", name: "x" }] });
    expect(await repository.configFile("main")).to.equal(undefined);
  });

  it("tells of pull requests, by number and by commit", async () => {
    const updatedAt = new Date("2026-01-01T12:00:00Z");
    stub.on(`GET ${AT}/pulls/7`, { body: pullRequestJson({ title: "x" }) });
    stub.on(`GET ${AT}/commits/${HEAD}/pulls`, { body: [pullRequestJson({ draft: true })] });
    const repository = await open();
    expect(await repository.pullRequest(7)).to.deep.equal(pullRequest({ updatedAt }));
    expect(await repository.pullRequestsOf(HEAD)).to.deep.equal([
      pullRequest({ isDraft: true, updatedAt }),
    ]);
  });

  it("takes a pull request that is not there for none, and passes over those of other repositories", async () => {
    const upstream = { ref: "main", repo: { full_name: "upstream/infra" } };
    stub.on(`GET ${AT}/commits/${HEAD}/pulls`, {
      body: [pullRequestJson({ number: 9, base: upstream }), pullRequestJson()],
    });
    const repository = await open();
    expect(await repository.pullRequest(7)).to.equal(undefined);
    const numbers = (await repository.pullRequestsOf(HEAD)).map(({ number }) => number);
    expect(numbers).to.deep.equal([7]);
  });

  it("lists changes page by page, a renamed file as two", async () => {
    const pages = [
      Array.from({ length: 100 }, (_, index) => file(`a/${index}.tf`)),
      [file("b.tf", "renamed", "c.tf"), file("d.tf", "removed"), file("e.tf", "copied", "f.tf")],
    ];
    stub.on(`GET ${AT}/pulls/7/files`, ({ path }) => ({
      body: pages[Number(new URLSearchParams(path.split("?")[1]).get("page")) - 1] ?? [],
    }));
    const changes = await (await open()).changes(7);
    expect(changes).to.have.length(104);
    expect(changes.slice(100)).to.deep.equal([
      { path: "b.tf", isRemoved: false },
      { path: "c.tf", isRemoved: true },
      { path: "d.tf", isRemoved: true },
      { path: "e.tf", isRemoved: false },
    ]);
  });

  it("asks for ten pages at once, and joins them in order", async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    const page = (at: number) =>
      Array.from({ length: at < 13 ? 100 : at === 13 ? 1 : 0 }, (_, index) =>
        file(`${at}/${index}.tf`),
      );
    stub.on(`GET ${AT}/pulls/7/files`, ({ path }, response) => {
      const at = Number(new URLSearchParams(path.split("?")[1]).get("page"));
      waiting.push(() => response.end(JSON.stringify(page(at))));
      most = Math.max(most, waiting.length);
      const expected = at === 1 ? 1 : 10;
      response.setHeader("content-type", "application/json");
      // The last of a group is answered first.
      if (waiting.length === expected) for (const answer of waiting.splice(0).reverse()) answer();
      return undefined;
    });
    const changes = await (await open(2)).changes(7);
    expect(most).to.equal(10);
    const wanted = Array.from({ length: 13 }, (_, index) => page(index + 1)).flat();
    expect(changes).to.deep.equal(
      wanted.map(({ filename }) => ({ path: filename, isRemoved: false })),
    );
  });

  it("stops where GitHub lists no more", async () => {
    const body = Array.from({ length: 100 }, (_, index) => file(`a/${index}.tf`));
    stub.on(`GET ${AT}/pulls/7/files`, { body });
    expect(await (await open()).changes(7)).to.equal("too-many");
    expect(stub.lines).to.have.length(30);
  });

  it("lists the files of a commit where GitHub lists them all", async () => {
    const tree = [
      { path: "a", type: "tree" },
      { path: "a/x.tf", type: "blob" },
      { path: "sub", type: "commit" },
    ];
    stub.on(`GET ${AT}/git/trees/${HEAD}`, { body: { truncated: false, tree } });
    expect(await (await open()).files(HEAD)).to.deep.equal(["a/x.tf"]);
    stub.on(`GET ${AT}/git/trees/${HEAD}`, { body: { truncated: true, tree } });
    expect(await (await open()).files(HEAD)).to.equal(undefined);
  });

  for (const [permission, may] of [
    ["admin", true],
    ["maintain", true],
    ["write", true],
    ["triage", false],
    ["read", false],
    ["none", false],
    [undefined, false],
  ] as const) {
    it(`lets ${permission ?? "nobody known"} ${may ? "" : "not "}write`, async () => {
      if (permission !== undefined) {
        stub.on(`GET ${AT}/collaborators/someone/permission`, { body: { permission } });
      }
      expect(await (await open()).mayWrite("someone")).to.equal(may);
    });
  }

  it("sets checks of its own, and knows them", async () => {
    const list = `GET ${AT}/commits/${HEAD}/check-runs`;
    stub.on(list, { body: { total_count: 0, check_runs: [] } });
    stub.on(`POST ${AT}/check-runs`, { status: 201, body: { id: 5 } });
    const repository = await open();
    expect(await repository.hasCheck(HEAD, "plan")).to.equal(false);
    await repository.setCheck(HEAD, "plan", { status: "queued", title: "t", summary: "s" });
    expect(stub.requests.at(-1)?.body).to.include({
      name: "plan",
      head_sha: HEAD,
      status: "queued",
    });
    stub.on(list, { body: { total_count: 1, check_runs: [{ id: 5, status: "queued" }] } });
    expect(await repository.hasCheck(HEAD, "plan")).to.equal(true);
  });

  it("settles checks that are not over", async () => {
    const list = `GET ${AT}/commits/${HEAD}/check-runs`;
    const repository = await open();
    stub.on(list, { body: { total_count: 1, check_runs: [{ id: 5, status: "completed" }] } });
    await repository.settleCheck(HEAD, "plan", NOT_QUEUED);
    expect(stub.lines).to.have.length(1);
    stub.on(list, { body: { total_count: 1, check_runs: [{ id: 5, status: "queued" }] } });
    stub.on(`PATCH ${AT}/check-runs/5`, { body: { id: 5 } });
    await repository.settleCheck(HEAD, "plan", NOT_QUEUED);
    expect(stub.requests.at(-1)?.body).to.include({
      status: "completed",
      conclusion: "cancelled",
    });
  });

  const failures: [
    what: string,
    status: number,
    headers: Record<string, string>,
    after: string | undefined,
  ][] = [
    ["a limit", 403, { "retry-after": "33" }, "33"],
    ["a fault", 502, {}, "10"],
    ["a refusal", 403, {}, undefined],
  ];
  for (const [what, status, headers, after] of failures) {
    it(`answers 503 for ${what}, after one try`, async () => {
      stub.on(`GET ${AT}/pulls/7`, { status, headers, body: { message: "no" } });
      const repository = await open();
      const error = await thrownBy(() => repository.pullRequest(7));
      expect(error).to.deep.include({ name: "HttpError", status: 503 });
      expect(error)
        .to.have.property("headers")
        .that.deep.equals(after === undefined ? {} : { "retry-after": after });
      expect(stub.lines).to.have.length(1);
    });
  }

  it("answers 503 when the time for all calls is over", async () => {
    stub.on(`GET ${AT}/pulls/7`, () => undefined);
    const repository = await open(0.05);
    expect(await thrownBy(() => repository.pullRequest(7))).to.include({
      name: "HttpError",
      status: 503,
    });
  });

  it("ends its calls with the delivery's own time", async () => {
    const time = new AbortController();
    stub.on(`GET ${AT}/pulls/7`, () => {
      time.abort();
      return undefined;
    });
    const repository = await open(99, time.signal);
    expect(await thrownBy(() => repository.pullRequest(7))).to.include({ status: 503 });
    expect(await thrownBy(() => repository.setCheck(HEAD, "plan", QUEUED))).to.include({
      status: 503,
    });
    expect(stub.lines).to.deep.equal([`GET ${AT}/pulls/7`]);
  });

  it("answers 503 where no token can be had", async () => {
    const env = {
      GITHUB_API_BASE_URL: stub.origin,
      GITHUB_APP_ID: "123",
      GITHUB_BUDGET_SECONDS: 8,
    };
    for (const error of [
      new DOMException("late", "TimeoutError"),
      new Error("UNAVAILABLE: no key"),
    ]) {
      const opening = gitHubRepositories(env, () => Promise.reject(error));
      const thrown = await thrownBy(() => opening({ fullName: "o/r", installationId: 1 }));
      expect(thrown).to.include({ name: "HttpError", status: 503 });
    }
  });
});

describe("planTopic", () => {
  const message = { request: planRequest(), attributes: { repo: "octo/infra" } };
  const env = { PROJECT_ID: "p", PUBSUB_TOPIC_PLAN: "plan" };

  it("publishes all messages by one request, for as long as GitHub waits", async () => {
    const calls: unknown[] = [];
    const publish = (...call: unknown[]) => {
      calls.push(call);
      return Promise.resolve([{}]);
    };
    await planTopic(env, () => Promise.resolve({ publish } as never))([message, message]);
    const wired = {
      data: Buffer.from(JSON.stringify(message.request)),
      attributes: message.attributes,
    };
    expect(calls).to.deep.equal([
      [
        { topic: "projects/p/topics/plan", messages: [wired, wired] },
        { timeout: 5_000, isBundling: false },
      ],
    ]);
  });

  it("answers 503 where Pub/Sub or the client fails", async () => {
    const failing = [
      () =>
        Promise.resolve({ publish: () => Promise.reject(new Error("14 UNAVAILABLE")) } as never),
      () => Promise.reject(new Error("no credentials")),
    ];
    for (const makeClient of failing) {
      const error = await thrownBy(() => planTopic(env, makeClient)([message]));
      expect(error).to.deep.include({ status: 503, headers: { "retry-after": "10" } });
    }
  });
});

describe("the state bucket", () => {
  it("remembers deliveries", async () => {
    const objects = new ObjectsInMemory();
    const deliveries = deliveriesIn(objects);
    expect(await deliveries.isKnown(GUID)).to.equal(false);
    await deliveries.remember(GUID);
    await deliveries.remember(GUID);
    expect(await deliveries.isKnown(GUID)).to.equal(true);
    expect([...objects.stored.keys()]).to.deep.equal([`deliveries/${GUID}`]);
  });

  for (const [content, isCommented] of [
    ['{"finished_at":"2026-01-01T12:00:00.000Z","outcome":"planned","comment_id":5}', true],
    ['{"finished_at":"2026-01-01T12:00:00.000Z","outcome":"gave_up","comment_id":5}', false],
    ['{"finished_at":"2026-01-01T12:00:00.000Z","outcome":"stale"}', false],
  ] as const) {
    it(`reads ${content}`, async () => {
      const objects = new ObjectsInMemory();
      await objects.create(resultObject(planRequest()), content);
      expect(await finishedIn(objects)(planRequest())).to.deep.equal({
        finishedAt: new Date("2026-01-01T12:00:00Z"),
        isCommented,
      });
    });
  }

  it("knows a result that it cannot read, and none where there is none", async () => {
    const objects = new ObjectsInMemory();
    const finished = finishedIn(objects);
    expect(await finished(planRequest())).to.equal(undefined);
    for (const content of ["", "{}", '{"finished_at":"soon"}']) {
      await objects.write(resultObject(planRequest()), content);
      const result = await finished(planRequest());
      expect(result).to.deep.equal({ finishedAt: new Date(0), isCommented: false });
    }
  });

  it("answers 503 where it cannot be asked", async () => {
    const objects = objectsOf("b", () => Promise.reject(new Error("down")));
    expect(await thrownBy(() => deliveriesIn(objects).isKnown(GUID))).to.include({ status: 503 });
    expect(await thrownBy(() => finishedIn(objects)(planRequest()))).to.include({ status: 503 });
  });
});
