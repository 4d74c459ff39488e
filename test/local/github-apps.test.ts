import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { expect } from "chai";
import { slugOf, standInGitHub } from "../../local/github-apps.ts";
import type { CommentLimit } from "../../local/github/options.ts";
import { textResponse } from "../../local/http.ts";
import { plan } from "../../local/plan.ts";
import { recorded, standIn } from "../support/recorded.ts";
import { fetchBy, refusal, SILENT } from "./github/small-hub.ts";

const PULL = { owner: "acme", repo: "infra", issue_number: 1 };
/** More than GitHub's documented characters, less than the bytes that it was seen to take. */
const BETWEEN = "a".repeat(65_537);

describe("the GitHub that stands in for that of a plan's Apps", () => {
  async function asApp(commentLimit: CommentLimit): Promise<Octokit> {
    const stack = plan(await recorded());
    const [app] = stack.githubApps;
    if (app === undefined) throw new Error("The dev stack has no GitHub App.");
    const github = standInGitHub(stack, {
      deliver: () => Promise.resolve(textResponse(202, "accepted")),
      log: () => undefined,
      commentLimit,
    });
    const repository = github.createRepository({ fullName: "acme/infra" });
    const { id: installationId } = await github.install(slugOf(app), "acme");
    await repository.openPullRequest({ branch: "feature", files: { "main.tf": "a\n" } });
    const auth = { appId: app.id, privateKey: standIn("githubAppPrivateKey"), installationId };
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
