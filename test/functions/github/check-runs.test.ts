import { expect } from "chai";
import { setCheck, settleCheck } from "../../../functions/github/check-runs.ts";
import type { CheckState } from "../../../functions/github/check-runs.ts";
import { gitHub } from "../../../functions/github/client.ts";
import { GitHubStub } from "../../support/github-stub.ts";

const HEAD = "a".repeat(40);
const CHECK = { owner: "o", repo: "r", headSha: HEAD, name: "plan: envs/prod" };
const LIST = `GET /repos/o/r/commits/${HEAD}/check-runs`;
const CREATE = "POST /repos/o/r/check-runs";
const UPDATE = "PATCH /repos/o/r/check-runs/5";
const QUEUED: CheckState = { status: "queued", title: "t", summary: "s" };
const OVER: CheckState = { ...QUEUED, status: "completed", conclusion: "success" };

describe("setCheck", () => {
  let stub: GitHubStub;
  before(async () => {
    stub = await GitHubStub.start();
  });
  after(() => stub.stop());
  beforeEach(() => {
    stub.reset();
    stub.on(CREATE, { status: 201, body: { id: 6 } }).on(UPDATE, { body: { id: 5 } });
  });

  async function set(known: string | undefined, state: CheckState) {
    const check_runs = known === undefined ? [] : [{ id: 5, status: known }];
    stub.on(LIST, { body: { total_count: check_runs.length, check_runs } });
    const { signal } = new AbortController();
    const github = gitHub({ token: "t", baseUrl: stub.origin, signal, maxWaitSeconds: 0 });
    const { id } = await setCheck(github, "123", CHECK, state);
    return { id, did: stub.requests[1] };
  }

  it("looks for the newest of that name of our own", async () => {
    await set(undefined, QUEUED);
    const query = new URLSearchParams(stub.requests[0]?.path.split("?")[1]);
    expect(Object.fromEntries(query)).to.deep.equal({
      check_name: CHECK.name,
      app_id: "123",
      filter: "latest",
      per_page: "1",
    });
  });

  it("makes the first one", async () => {
    const { id, did } = await set(undefined, QUEUED);
    expect([id, did?.method]).to.deep.equal([6, "POST"]);
    expect(did?.body).to.deep.equal({
      name: CHECK.name,
      head_sha: HEAD,
      status: "queued",
      output: { title: "t", summary: "s" },
    });
  });

  for (const [known, state, method] of [
    ["queued", { ...QUEUED, status: "in_progress" }, "PATCH"],
    ["in_progress", OVER, "PATCH"],
    ["completed", OVER, "PATCH"],
    ["completed", QUEUED, "POST"],
  ] as const) {
    it(`${method === "PATCH" ? "changes" : "replaces"} one that is ${known} by ${state.status}`, async () => {
      expect((await set(known, state)).did?.method).to.equal(method);
    });
  }

  it("sends all that a check may have", async () => {
    const { did } = await set("queued", { ...OVER, text: "x", detailsUrl: "https://x" });
    expect(did?.body).to.deep.equal({
      status: "completed",
      conclusion: "success",
      details_url: "https://x",
      output: { title: "t", summary: "s", text: "x" },
    });
  });

  it("cuts what is longer than GitHub takes, and no character in two", async () => {
    const { did } = await set("queued", {
      ...OVER,
      summary: "x".repeat(65_535),
      text: "🙂".repeat(40_000),
    });
    const { output } = did?.body as { output: { summary: string; text: string } };
    expect(output.summary).to.have.length(65_535);
    // GitHub counts bytes, whatever it calls them.
    expect(Buffer.byteLength(output.text)).to.be.within(65_530, 65_535);
    expect(output.text.isWellFormed() && output.text.endsWith("🙂…")).to.equal(true);
  });

  it("does not look for one that is known, unless it is over", async () => {
    const { signal } = new AbortController();
    const github = gitHub({ token: "t", baseUrl: stub.origin, signal, maxWaitSeconds: 0 });
    const running = await setCheck(github, "123", CHECK, OVER, { id: 5, status: "in_progress" });
    expect(running).to.deep.equal({ id: 5, status: "completed" });
    const next = await setCheck(github, "123", CHECK, QUEUED, running);
    expect(next).to.deep.equal({ id: 6, status: "queued" });
    expect(stub.lines).to.deep.equal([UPDATE, CREATE]);
  });

  for (const [known, did] of [
    ["queued", [UPDATE]],
    ["in_progress", [UPDATE]],
    ["completed", []],
    [undefined, []],
  ] as const) {
    it(`settles one that is ${known ?? "not there"} by ${did.length} changes`, async () => {
      const check_runs = known === undefined ? [] : [{ id: 5, status: known }];
      stub.on(LIST, { body: { total_count: check_runs.length, check_runs } });
      const { signal } = new AbortController();
      const github = gitHub({ token: "t", baseUrl: stub.origin, signal, maxWaitSeconds: 0 });
      await settleCheck(github, "123", CHECK, OVER);
      expect(stub.lines.slice(1)).to.deep.equal(did);
    });
  }
});
