import { expect } from "chai";
import { bodyOf, header } from "../../../../../local/http/message.ts";
import { siteOf } from "../../../../../local/outside/github/site.ts";
import { asApp, smallHub } from "../small-hub.ts";

const HOSTILE = `<script>alert(1)</script>"'&\u001b]0;x\u0007`;
const ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;";

async function workshop() {
  const hub = smallHub();
  const { github } = hub;
  const repository = github.createRepository({ fullName: "acme/infra" });
  const token = github.personalToken("dev");
  repository.setCollaborator("dev", "admin");
  const { id } = await github.install("planner", "acme");
  const pull = await repository.openPullRequest({
    branch: `b${HOSTILE}`,
    files: { [`${HOSTILE}.tf`]: "a\n" },
    title: HOSTILE,
  });
  const run = await asApp(hub, id).rest.checks.create({
    owner: "acme",
    repo: "infra",
    name: HOSTILE,
    head_sha: pull.headSha,
    conclusion: "failure",
    output: { title: HOSTILE, summary: HOSTILE, text: `\`\`\`diff\n+ ${HOSTILE}\n\`\`\`` },
  });
  await pull.comment(HOSTILE, `${HOSTILE}\n\n\`\`\`diff\n- ${HOSTILE}\n\`\`\``);
  const site = siteOf(github.send);

  async function ask(path: string, { accept = "*/*", method = "GET", form = "", as = token } = {}) {
    const response = await site({
      method,
      url: new URL(path, "https://github.com"),
      headers: [
        ["accept", accept],
        ...(as === "" ? [] : [["authorization", `Bearer ${as}`] as const]),
      ],
      body: Buffer.from(form),
    });
    const { status, headers } = response;
    return { status, headers, text: (await bodyOf(response)).toString() };
  }
  return { hub, pull, checkId: run.data.id, ask };
}

describe("GitHub's pages", () => {
  for (const page of ["/", "/acme/infra", "/acme/infra/pull/1", "/acme/infra/runs/ID"]) {
    it(`show ${page} to a browser, whatever anybody wrote, without letting it do anything`, async () => {
      const { ask, checkId } = await workshop();
      const path = page.replace("ID", String(checkId));
      const { status, headers, text } = await ask(path, { accept: "text/html,*/*" });
      expect([status, header(headers, "content-type")]).to.deep.equal([
        200,
        "text/html; charset=utf-8",
      ]);
      expect(header(headers, "content-security-policy")).to.match(
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(text).to.include(ESCAPED).and.not.to.include("<script");
    });

    it(`show ${page} to a terminal, whatever anybody wrote, without speaking to it`, async () => {
      const { ask, checkId } = await workshop();
      const { status, headers, text } = await ask(page.replace("ID", String(checkId)));
      expect([status, header(headers, "content-type")]).to.deep.equal([
        200,
        "text/plain; charset=utf-8",
      ]);
      expect(text)
        .to.include("<script>alert(1)</script>")
        // eslint-disable-next-line no-control-regex -- they are what must not be there
        .and.not.to.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    });
  }

  it("show what a pull request has become in plain lines, of each check the newest run", async () => {
    const hub = smallHub();
    const repository = hub.github.createRepository({ fullName: "acme/infra" });
    const as = hub.github.personalToken("dev");
    repository.setCollaborator("dev", "admin");
    const pull = await repository.openPullRequest({ branch: "try", files: { "a.tf": "a\nb\n" } });
    const { id } = await hub.github.install("planner", "acme");
    const { checks } = asApp(hub, id).rest;
    const given = { owner: "acme", repo: "infra", name: "plan", head_sha: pull.headSha };
    await checks.create({ ...given, conclusion: "failure" });
    const output = { title: "1 to add", summary: "One." };
    const { data: run } = await checks.create({ ...given, conclusion: "success", output });
    await pull.comment("ann", "**Well** done\n\n```diff\n+ a\n```");
    const response = await hub.github.send({
      method: "GET",
      url: new URL("https://github.com/acme/infra/pull/1"),
      headers: [["authorization", `Bearer ${as}`]],
      body: Buffer.alloc(0),
    });
    expect((await bodyOf(response)).toString().split("\n")).to.deep.equal([
      "acme/infra#1: Merge try",
      `open, try → main, ${pull.headSha}`,
      "",
      "  added     a.tf  +2 -0",
      "",
      `check plan: success, 1 to add (/acme/infra/runs/${run.id})`,
      "",
      "ann wrote:",
      "  Well done",
      "",
      "  + a",
      "",
    ]);
  });

  it("are not there for who may not see the repository, and the log says so", async () => {
    const { hub, ask } = await workshop();
    const stranger = hub.github.personalToken("stranger");
    for (const as of ["", "wrong", stranger]) {
      for (const path of ["/", "/acme/infra", "/acme/infra/pull/1"]) {
        const { status, text } = await ask(path, { as });
        expect([status, text]).to.deep.equal([
          404,
          `The stand-in GitHub has no such page for you: GET https://github.com${path}\n`,
        ]);
      }
    }
    expect(hub.log.filter(({ severity }) => severity === "WARNING")).to.have.length(9);
    const posted = await ask("/acme/infra/pull/1/comments", {
      method: "POST",
      form: "body=a",
      as: stranger,
    });
    expect(posted.status).to.equal(404);
  });

  it("take a comment and press Re-run, in the name of who asks, and go back to the pull request", async () => {
    const { hub, pull, checkId, ask } = await workshop();
    await hub.github.idle();
    const before = hub.github.deliveries.length;
    const form = new URLSearchParams({ body: "/plan & more" }).toString();
    const commented = await ask("/acme/infra/pull/1/comments", { method: "POST", form });
    const rerun = await ask(`/acme/infra/check-runs/${checkId}/rerequest`, { method: "POST" });
    for (const { status, headers } of [commented, rerun]) {
      expect([status, header(headers, "location")]).to.deep.equal([303, "/acme/infra/pull/1"]);
    }
    const { user, body } = pull.comments.at(-1) ?? {};
    expect([user?.login, body]).to.deep.equal(["dev", "/plan & more"]);
    await hub.github.idle();
    const told = hub.github.deliveries.slice(before).map(({ event, action }) => [event, action]);
    expect(told).to.deep.equal([
      ["issue_comment", "created"],
      ["check_run", "rerequested"],
    ]);
  });

  it("refuse an empty comment as the API does", async () => {
    const { ask } = await workshop();
    const { status } = await ask("/acme/infra/pull/1/comments", { method: "POST", form: "body=" });
    expect(status).to.equal(422);
  });

  it("have the API below /api/v3", async () => {
    const { ask } = await workshop();
    const { status, text } = await ask("/api/v3/repos/acme/infra/pulls?state=all");
    expect([status, (JSON.parse(text) as unknown[]).length]).to.deep.equal([200, 1]);
  });
});
