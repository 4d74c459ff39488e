import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { expect } from "chai";
import { tmpdir } from "node:os";
import { ManualClock } from "../../../../local/clock.ts";
import { attachGitHub, gitHubOf } from "../../../../local/systems/plan-runner/attach.ts";
import { appsOf, slugOf } from "../../../../local/systems/plan-runner/github-apps.ts";
import type { CommentLimit } from "../../../../local/outside/github/options.ts";
import { textResponse } from "../../../../local/http/message.ts";
import { declared } from "../../../../local/declared/declared.ts";
import { recorded, standIn } from "../../../support/recorded.ts";
import { fetchBy, refusal, SILENT } from "../../outside/github/small-hub.ts";

const PULL = { owner: "acme", repo: "infra", issue_number: 1 };
/** More than GitHub's documented characters, less than the bytes that it was seen to take. */
const BETWEEN = "a".repeat(65_537);

describe("the GitHub that stands in for that of a plan's Apps", () => {
  async function asApp(commentLimit: CommentLimit): Promise<Octokit> {
    const stack = declared(await recorded());
    const [app] = appsOf(stack);
    if (app === undefined) throw new Error("The dev stack has no GitHub App.");
    const local = {
      declared: stack,
      log: () => undefined,
      clock: new ManualClock(0),
      send: () => Promise.resolve(textResponse(202, "accepted")),
      temporary: tmpdir(),
      isWatching: false,
      openPort: () => Promise.reject(new Error("No folder is served.")),
    };
    const { people } = attachGitHub({ "GitHub App": [app] }, local, { tofu: null, commentLimit });
    const github = gitHubOf({ people: () => people });
    const repository = github.createRepository({ fullName: "acme/infra" });
    const { id: installationId } = await github.install(slugOf(app), "acme");
    await repository.openPullRequest({ branch: "feature", files: { "main.tf": "a\n" } });
    const auth = { appId: app.name, privateKey: standIn("githubAppPrivateKey"), installationId };
    const request = { fetch: fetchBy(github.send) };
    return new Octokit({ request, log: SILENT, authStrategy: createAppAuth, auth });
  }

  it("knows them by their keys, and limits comments as it is told", async () => {
    const measured = await asApp("measured");
    const { status } = await measured.rest.issues.createComment({ ...PULL, body: BETWEEN });
    expect(status).to.equal(201);
    const stated = await asApp("stated");
    const refused = await refusal(stated.rest.issues.createComment({ ...PULL, body: BETWEEN }));
    expect(refused.status).to.equal(422);
  });
});
