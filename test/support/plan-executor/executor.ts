import { bundle } from "../../../infra/bundle.ts";
import type { PlanExecutionResult } from "../../../functions/messages/plan-execution.ts";
import type { PlanRequestInput } from "../../../functions/messages/plan-request.ts";
import { GitHubStub } from "../github-stub.ts";
import { RoleProcess } from "../role-process.ts";
import { AUDIENCE, CALLER, idToken } from "../runtime-tokens.ts";
import { tarball } from "./tarball.ts";
import type { TreeFile } from "./tarball.ts";

export const HEAD = "0123456789abcdef0123456789abcdef01234567";
export const TOKEN = "ghs_thetokenofthisverytest0000000000";

export type Answer = PlanExecutionResult & { readonly ok?: boolean };

/** plan-executor in a process of its own, with a GitHub of a few answers. */
export class Executor {
  readonly role: RoleProcess;
  readonly github: GitHubStub;

  private constructor(role: RoleProcess, github: GitHubStub) {
    this.role = role;
    this.github = github;
  }

  /** Starts it with these variables besides those that it must have. */
  static async start(variables: Readonly<Record<string, string>>): Promise<Executor> {
    const github = await GitHubStub.start();
    const { folder } = await bundle("plan-executor");
    const role = await RoleProcess.start(folder, "plan-executor", {
      PROJECT_ID: "p",
      GITHUB_API_BASE_URL: github.origin,
      AUDIENCE,
      CALLER_SA: CALLER,
      PRIVATE: "true",
      ALLOWED_PROVIDERS: '["hashicorp/*"]',
      ...variables,
    });
    return new Executor(role, github);
  }

  async stop(): Promise<void> {
    await this.role.stop("SIGKILL");
    this.github.stop();
  }

  /** Lets the repository o/r hold these files at HEAD, which pull request 7 stands at. */
  serve(files: Readonly<Record<string, TreeFile>>, head = HEAD): void {
    this.github.reset();
    this.github
      .on(`GET /repos/o/r/tarball/${HEAD}`, (_request, response) => {
        response.writeHead(200, { "content-type": "application/x-gzip" }).end(tarball(files));
        return undefined;
      })
      .on("GET /repos/o/r/git/ref/pull/7/head", { body: { object: { sha: head } } })
      .on("DELETE /installation/token", { status: 204 });
  }

  /** Asks for the plan of HEAD. */
  async plan(
    work: Partial<PlanRequestInput["work"]> = {},
    options: { readonly budgetMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly status: number; readonly body: Answer; readonly text: string }> {
    const authorization = (await idToken()).replace(/[^.]*$/, "SIGNATURE_REMOVED_BY_GOOGLE");
    const response = await fetch(`${this.role.url}/plan`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${authorization}` },
      body: JSON.stringify({
        request: {
          repo: { full_name: "o/r" },
          pull_request: { number: 7, head_sha: HEAD },
          work: { plan_id: "pr-7-0123456", ...work },
        },
        token: TOKEN,
        budget_ms: options.budgetMs ?? 60_000,
      }),
      ...(options.signal !== undefined && { signal: options.signal }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as Answer, text };
  }
}
