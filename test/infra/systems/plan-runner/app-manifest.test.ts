import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { requireSystem } from "../../../../infra/commands/command.ts";
import {
  manifestOf,
  registrationUrl,
  steps,
} from "../../../../infra/systems/plan-runner/app-manifest.ts";
import { devConfig } from "../../../support/recorded.ts";

const ON = { systems: ["plan-runner"], workers: [] };
const APP = "https://plan-app-223080314602.us-central1.run.app";

describe("the plan runner's GitHub App", () => {
  it("has the permissions and the events that it needs, and is nobody else's to install", () => {
    expect(manifestOf(devConfig(ON))).to.deep.equal({
      name: "plan-runner switchyard-dev",
      url: APP,
      hook_attributes: { url: `${APP}/webhook`, active: true },
      public: false,
      default_permissions: {
        metadata: "read",
        contents: "read",
        issues: "write",
        pull_requests: "read",
        checks: "write",
      },
      default_events: ["pull_request", "issue_comment", "check_run"],
    });
  });

  it("is registered on a page that has all of that filled in", () => {
    const config = devConfig(ON);
    const page = new URL(registrationUrl(config));
    expect(page.origin + page.pathname).to.equal("https://github.com/settings/apps/new");
    expect([...page.searchParams]).to.deep.equal([
      ["name", "plan-runner switchyard-dev"],
      ["url", APP],
      ["public", "false"],
      ["webhook_active", "true"],
      ["webhook_url", `${APP}/webhook`],
      ["metadata", "read"],
      ["contents", "read"],
      ["issues", "write"],
      ["pull_requests", "read"],
      ["checks", "write"],
      ["events[]", "pull_request"],
      ["events[]", "issue_comment"],
      ["events[]", "check_run"],
    ]);
  });

  it("is registered where its repositories are", () => {
    const pageOf = (githubApiBaseUrl: string, organization?: string) => {
      const { origin, pathname } = new URL(
        registrationUrl(devConfig({ ...ON, githubApiBaseUrl }), organization),
      );
      return origin + pathname;
    };
    expect(pageOf("https://api.github.com", "acme")).to.equal(
      "https://github.com/organizations/acme/settings/apps/new",
    );
    expect(pageOf("https://api.acme.ghe.com")).to.equal("https://acme.ghe.com/settings/apps/new");
    expect(pageOf("https://github.acme.com/api/v3")).to.equal(
      "https://github.acme.com/settings/apps/new",
    );
  });

  it("comes with the commands that store what GitHub hands out, each for its stack", () => {
    const text = steps(devConfig(ON), "prod");
    for (const command of [
      "npm run pulumi -- config set --stack prod githubAppId APP_ID",
      "npm run pulumi -- config set --stack prod --secret githubWebhookSecret",
      "npm run pulumi -- config set --stack prod --secret githubAppPrivateKey < app.private-key.pem",
      "npm run tools:upload -- --stack prod",
    ]) {
      expect(text).to.include(command);
    }
  });
});

describe("npm run plan-app:manifest", () => {
  function run(...args: string[]) {
    const script = join(
      import.meta.dirname,
      "../../../../infra/systems/plan-runner/app-manifest.ts",
    );
    return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  }

  it("prints the manifest, and beside it what to do with it", () => {
    const { stdout, stderr, status } = run("--organization", "acme");
    expect(status).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal(manifestOf(devConfig()));
    expect(stderr.trim()).to.equal(steps(devConfig(), "dev", "acme"));
  });

  it("is of no use to a stack without the plan runner", () => {
    const config = devConfig({ systems: ["enqueuer"] });
    expect(() => requireSystem(config, "plan-runner", "prod")).to.throw(
      "The stack prod does not run plan-runner; add it to its `systems`.",
    );
    expect(() => requireSystem(devConfig(ON), "plan-runner", "prod")).not.to.throw();
  });

  it("answers a mistake with one sentence and exit code 1", () => {
    const { status, stderr, stdout } = run("--colour");
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
    expect(stderr.trim().split("\n")).to.have.length(1);
  });
});
