import { RequestError } from "@octokit/request-error";
import { expect } from "chai";
import { gitHub } from "../../../functions/github/client.ts";
import { failureOf } from "../../../functions/github/failures.ts";
import { GitHubStub } from "../../support/github-stub.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const PULL = { owner: "o", repo: "r", pull_number: 7 };
const LINE = "GET /api/v3/repos/o/r/pulls/7";

describe("gitHub", () => {
  let stub: GitHubStub;

  before(async () => {
    stub = await GitHubStub.start();
  });
  after(() => stub.stop());
  beforeEach(() => stub.reset());

  const client = (maxWaitSeconds = 0, signal = new AbortController().signal) =>
    gitHub({ token: "t-1", baseUrl: `${stub.origin}/api/v3//`, signal, maxWaitSeconds });

  it("asks below the base URL with the token", async () => {
    stub.on(LINE, { body: { number: 7 } });
    const { data } = await client().pulls.get(PULL);
    expect(data.number).to.equal(7);
    const [request] = stub.requests;
    expect(request?.headers.authorization).to.equal("token t-1");
    expect(request?.headers["user-agent"]).to.match(/^switchyard-plan-runner /);
  });

  for (const [what, answer] of [
    ["a fault", { status: 502 }],
    ["a rate limit", { status: 429, headers: { "retry-after": "1" } }],
  ] as const) {
    it(`tries once after ${what} where nobody waits`, async () => {
      stub.on(LINE, { ...answer, body: { message: "no" } });
      const error = await thrownBy(() => client().pulls.get(PULL));
      expect(failureOf(error, 0)?.kind).to.equal("transient");
      expect(stub.lines).to.deep.equal([LINE]);
    });
  }

  const limits = {
    "the secondary limit": () => ({
      status: 403,
      headers: { "retry-after": "1" },
      body: { message: "You have exceeded a secondary rate limit." },
    }),
    "the primary limit": () => ({
      status: 429,
      headers: {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Math.floor(Date.now() / 1000)),
      },
      body: { message: "API rate limit exceeded" },
    }),
  };
  for (const [what, limit] of Object.entries(limits)) {
    it(`tries again when ${what} is over soon`, async () => {
      let answers = 0;
      stub.on(LINE, () => {
        answers += 1;
        return answers === 1 ? limit() : { body: { number: 7 } };
      });
      const { data } = await client(30).pulls.get(PULL);
      expect([data.number, answers]).to.deep.equal([7, 2]);
    });
  }

  it("tries again after a fault", async () => {
    let answers = 0;
    stub.on(LINE, () => {
      answers += 1;
      return answers === 1 ? { status: 502, body: {} } : { body: { number: 7 } };
    });
    const { data } = await client(30).pulls.get(PULL);
    expect([data.number, answers]).to.deep.equal([7, 2]);
  });

  it("does not pace the few writes of a plan", async () => {
    const comments = "POST /api/v3/repos/o/r/issues/7/comments";
    stub.on(comments, { status: 201, body: { id: 1 } });
    const github = client(30);
    const started = performance.now();
    for (let made = 0; made < 3; made += 1) {
      await github.issues.createComment({ owner: "o", repo: "r", issue_number: 7, body: "b" });
    }
    expect(performance.now() - started).to.be.lessThan(900);
    expect(stub.lines).to.deep.equal([comments, comments, comments]);
  });

  it("does not wait for a limit that lasts longer than it may", async () => {
    stub.on(LINE, {
      status: 429,
      headers: { "retry-after": "31" },
      body: { message: "slow down" },
    });
    const error = await thrownBy(() => client(30).pulls.get(PULL));
    expect(failureOf(error, 0)).to.deep.equal({
      kind: "transient",
      message: "slow down",
      retryAfterSeconds: 31,
    });
    expect(stub.lines).to.deep.equal([LINE]);
  });

  it("does not try again what is refused", async () => {
    stub.on(LINE, { status: 403, body: { message: "Resource not accessible by integration" } });
    const error = await thrownBy(() => client(30).pulls.get(PULL));
    expect(failureOf(error, 0)).to.include({ kind: "refused", status: 403 });
    expect(stub.lines).to.deep.equal([LINE]);
  });

  const reasons: [string, (controller: AbortController) => void][] = [
    ["without a reason", (controller) => controller.abort()],
    ["with a reason", (controller) => controller.abort(new Error("the client went away"))],
    ["for time", (controller) => controller.abort(new DOMException("late", "TimeoutError"))],
  ];
  for (const [how, abort] of reasons) {
    it(`fails for a while when it is aborted ${how} before the answer`, async () => {
      const controller = new AbortController();
      stub.on(LINE, () => {
        abort(controller);
        return undefined;
      });
      const error = await thrownBy(() => client(0, controller.signal).pulls.get(PULL));
      expect(failureOf(error, 0)?.kind).to.equal("transient");
    });

    it(`is not tried again when it is aborted ${how}`, async () => {
      const controller = new AbortController();
      let requests = 0;
      stub.on(LINE, () => {
        requests++;
        abort(controller);
        return undefined;
      });
      const error = await thrownBy(() => client(30, controller.signal).pulls.get(PULL));
      expect(failureOf(error, 0)?.kind).to.equal("transient");
      expect(requests).to.equal(1);
    }).timeout(5_000);

    it(`fails for a while when it is aborted ${how} within the answer`, async () => {
      const controller = new AbortController();
      stub.on(LINE, (_request, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"number":7,');
        setImmediate(() => abort(controller));
        return undefined;
      });
      const error = await thrownBy(() => client(0, controller.signal).pulls.get(PULL));
      expect(failureOf(error, 0)?.kind).to.equal("transient");
    });
  }

  it("fails for a while when the connection breaks within the answer", async () => {
    stub.on(LINE, (_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"number":7,');
      setImmediate(() => response.destroy());
      return undefined;
    });
    const error = await thrownBy(() => client().pulls.get(PULL));
    expect(error).to.be.instanceOf(RequestError);
    expect(failureOf(error, 0)?.kind).to.equal("transient");
  });

  it("fails for a while when nobody listens", async () => {
    const signal = new AbortController().signal;
    const github = gitHub({ token: "t", baseUrl: "http://127.0.0.1:9", signal, maxWaitSeconds: 0 });
    expect(failureOf(await thrownBy(() => github.pulls.get(PULL)), 0)?.kind).to.equal("transient");
  });
});
