import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { expect } from "chai";
import {
  loginOf,
  repositoriesOf,
  slugOf,
  standInGitHub,
} from "../../../../local/systems/plan-runner/github-apps.ts";
import { FolderProblem } from "../../../../local/outside/github/folders/git.ts";
import type { CommentLimit } from "../../../../local/outside/github/options.ts";
import { textResponse } from "../../../../local/http.ts";
import { declared } from "../../../../local/declared/declared.ts";
import { recorded, standIn } from "../../../support/recorded.ts";
import { fetchBy, refusal, SILENT } from "../../outside/github/small-hub.ts";

const PULL = { owner: "acme", repo: "infra", issue_number: 1 };
/** More than GitHub's documented characters, less than the bytes that it was seen to take. */
const BETWEEN = "a".repeat(65_537);

describe("the GitHub that stands in for that of a plan's Apps", () => {
  async function asApp(commentLimit: CommentLimit): Promise<Octokit> {
    const stack = declared(await recorded());
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

describe("the repositories of a person's folders", () => {
  const apps = { developer: "user:ann.b@example.com", githubApps: [{ id: "1" }] };
  const none = { ...apps, githubApps: [] };
  type Stack = Parameters<typeof repositoriesOf>[0];
  type Options = Parameters<typeof repositoriesOf>[1];

  function named(stack: unknown, options: Options) {
    return [...repositoriesOf(stack as Stack, options)];
  }

  it("are called as told, else as their folder in the developer's account", () => {
    const options = [
      { fullName: "acme/web", folder: "/srv/a" },
      { fullName: undefined, folder: "/srv/my infra" },
      { fullName: undefined, folder: "/" },
    ];
    expect(named(apps, options)).to.deep.equal([
      ["acme/web", "/srv/a"],
      ["ann-b/my-infra", "/srv/my infra"],
      ["ann-b/repository", "/"],
    ]);
  });

  it("are refused where two would have one name, whatever its case", () => {
    const options = [
      { fullName: undefined, folder: "/srv/infra" },
      { fullName: undefined, folder: "/home/Infra" },
    ];
    expect(() => named(apps, options)).to.throw(
      FolderProblem,
      "There are two repositories ann-b/Infra; name one of them: --repository OWNER/NAME=/home/Infra",
    );
  });

  it("are refused where no App would hear of them", () => {
    expect(() => named(none, [{ fullName: undefined, folder: "/srv" }])).to.throw(
      FolderProblem,
      "--repository is of no use: none of the stack's switchyard:systems has a GitHub App that would hear of it.",
    );
    expect(named(none, [])).to.deep.equal([]);
  });

  for (const [developer, login] of [
    ["user:ann@example.com", "ann"],
    ["user:_ann+test_@example.com", "ann-test"],
    ["user:@example.com", "developer"],
  ] as const) {
    it(`belong to ${login} where the developer is ${developer}`, () => {
      expect(loginOf(developer)).to.equal(login);
    });
  }
});
