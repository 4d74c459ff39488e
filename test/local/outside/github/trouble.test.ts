import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Octokit } from "@octokit/rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { expect } from "chai";
import { ManualClock } from "../../../../local/clock.ts";
import { secondaryRateLimit } from "../../../../local/outside/github/api/faults.ts";
import { listener } from "../../../../local/http/node.ts";
import { urlOf } from "../../../../local/http/request-target.ts";
import { asApp, fetchBy, mint, refusal, SILENT, smallHub, type SmallHub } from "./small-hub.ts";

const REPO = { owner: "acme", repo: "infra" };
const COMMENT = { ...REPO, issue_number: 1, body: "x" };
const COMMENTS = /\/comments$/;

async function withPull(options: Parameters<typeof smallHub>[0] = {}) {
  const hub = smallHub(options);
  const repository = hub.github.createRepository({ fullName: "acme/infra" });
  const installation = await hub.github.install("planner", "acme");
  const pull = await repository.openPullRequest({ branch: "feature", files: { "main.tf": "" } });
  return { hub, installation, pull, octokit: asApp(hub, installation.id) };
}

/** Resolves when so many comments were asked for. */
async function asked({ github }: SmallHub, count: number): Promise<void> {
  const came = () => github.requests.all.filter(({ path }) => path.endsWith("/comments")).length;
  while (came() < count) await new Promise((resolve) => setImmediate(resolve));
}

describe("GitHub trouble", () => {
  it("says with every answer how many requests are left, and refuses when none is", async () => {
    const clock = new ManualClock(Math.ceil(Date.now() / 1000) * 1000);
    const { hub, installation, octokit } = await withPull({ clock });
    const reset = String(clock.now() / 1000 + 600);
    hub.github.leaveRequests(installation, 1, 600);
    const { headers } = await octokit.rest.repos.get(REPO);
    const limits = Object.entries(headers).filter(([name]) => name.startsWith("x-ratelimit"));
    expect(Object.fromEntries(limits)).to.deep.equal({
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": reset,
      "x-ratelimit-resource": "core",
      "x-ratelimit-used": "5000",
    });
    expect(await refusal(octokit.rest.repos.get(REPO))).to.deep.equal({
      status: 403,
      message: `API rate limit exceeded for installation ID ${installation.id}.`,
    });
    const { data } = await octokit.rest.rateLimit.get();
    expect(data.rate.remaining).to.equal(0);
    await clock.advance({ seconds: 601 });
    expect((await octokit.rest.repos.get(REPO)).status).to.equal(200);
  });

  it("fails the next fitting requests on order, which then have no effect", async () => {
    const { hub, octokit, pull } = await withPull();
    hub.github.faults.failNext({ method: "POST", path: COMMENTS, times: 2 }, { status: 502 });
    const { issues } = octokit.rest;
    await octokit.rest.repos.get(REPO);
    for (let i = 0; i < 2; i++) {
      expect((await refusal(issues.createComment(COMMENT))).status).to.equal(502);
    }
    expect(pull.comments).to.deep.equal([]);
    expect((await issues.createComment(COMMENT)).status).to.equal(201);
    expect(hub.github.requests.contentCreating).to.equal(3);
  });

  it("delays, hangs, and loses the answer to what it did", async () => {
    const clock = new ManualClock(Date.now());
    const { hub, octokit, pull } = await withPull({ clock });
    const { faults } = hub.github;
    const { issues } = octokit.rest;
    faults.delayNext({ path: COMMENTS }, 5000);
    const delayed = issues.createComment(COMMENT);
    await asked(hub, 1);
    await clock.advance({ seconds: 4 });
    expect(pull.comments).to.have.lengthOf(0);
    await clock.advance({ seconds: 1 });
    await delayed;
    expect(pull.comments).to.have.lengthOf(1);

    faults.hangNext({ path: COMMENTS });
    const gone = new AbortController();
    const hanging = issues.createComment({ ...COMMENT, request: { signal: gone.signal } });
    await asked(hub, 2);
    gone.abort();
    expect((await refusal(hanging)).message).to.match(/The sender went away/);
    expect(pull.comments).to.have.lengthOf(1);

    faults.loseNext({ path: COMMENTS });
    const lost = await refusal(issues.createComment(COMMENT));
    expect(lost.message).to.match(/The answer was lost on order/);
    expect(pull.comments).to.have.lengthOf(2);
  });

  it("fails downloads on order", async () => {
    const { hub, octokit } = await withPull();
    hub.github.faults.failNext({ path: /legacy\.tar\.gz/ }, { status: 500 });
    const download = () => octokit.rest.repos.downloadTarballArchive({ ...REPO, ref: "main" });
    expect((await refusal(download())).status).to.equal(500);
    expect((await download()).status).to.equal(200);
  });

  it("makes octokit's own plugins wait and try again", async () => {
    const { hub, installation } = await withPull();
    const heard: string[] = [];
    const Patient = Octokit.plugin(throttling, retry);
    const octokit = new Patient({
      auth: await mint(hub, installation.id),
      log: SILENT,
      request: { fetch: fetchBy(hub.github.send) },
      retry: { retryAfterBaseValue: 1 },
      throttle: {
        id: "trouble",
        // Milliseconds a second of GitHub's takes here.
        retryAfterBaseValue: 1,
        onRateLimit: (after) => void heard.push(`primary ${after > 0}`),
        onSecondaryRateLimit: (after: number) => {
          heard.push(`secondary ${after}`);
          return true;
        },
      },
    });
    const { faults } = hub.github;
    faults.failNext({}, secondaryRateLimit({ retryAfterSeconds: 7 }));
    faults.failNext({}, secondaryRateLimit({ status: 429 }));
    faults.failNext({}, { status: 503 });
    // A read: the plugin keeps writes seconds apart.
    const { status } = await octokit.rest.repos.get(REPO);
    expect({ status, heard }).to.deep.equal({
      status: 200,
      heard: ["secondary 7", "secondary 60"],
    });
    hub.github.leaveRequests(installation, 0, 100);
    expect((await refusal(octokit.rest.repos.get(REPO))).status).to.equal(403);
    expect(heard.at(-1)).to.equal("primary true");
  });

  it("warns of what it does not implement, by name", async () => {
    const { hub, octokit } = await withPull();
    const refused = await Promise.all([
      refusal(octokit.rest.repos.listTags(REPO)),
      refusal(
        octokit.rest.issues.listComments({
          ...REPO,
          issue_number: 1,
          since: "2026-01-01T00:00:00Z",
        }),
      ),
    ]);
    const sentences = [
      "The stand-in GitHub does not implement GET /repos/acme/infra/tags.",
      "The stand-in GitHub does not implement the parameter since of GET /repos/acme/infra/issues/1/comments.",
    ];
    expect(refused).to.deep.equal(sentences.map((message) => ({ status: 404, message })));
    const warned = hub.log.filter(({ severity }) => severity === "WARNING");
    expect(warned.map(({ message }) => message)).to.deep.equal(sentences);
  });

  it("answers over a real connection, and for the hosts it stands for", async () => {
    const { hub, installation } = await withPull();
    const hosts: string[] = [];
    const server = createServer(
      listener(
        (incoming) => urlOf(incoming, `https://${String(incoming.headers["x-host"])}`),
        (request) => {
          hosts.push(request.url.host);
          return hub.github.send(request);
        },
        () => undefined,
      ),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const at = (host: string) => ({
        baseUrl: `http://127.0.0.1:${port}`,
        headers: { "x-host": host },
      });
      const octokit = new Octokit({ auth: await mint(hub, installation.id), log: SILENT });
      const { data } = await octokit.request("GET /repos/{owner}/{repo}", {
        ...REPO,
        ...at("api.github.com"),
      });
      expect(data.full_name).to.equal("acme/infra");
      const page = await refusal(octokit.request("GET /acme/infra", at("github.com")));
      expect(page.status).to.equal(404);
      expect(hosts).to.deep.equal(["api.github.com", "github.com"]);
    } finally {
      server.close();
    }
  });
});
