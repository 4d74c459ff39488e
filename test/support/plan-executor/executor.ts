import { bundle } from "../../../infra/bundle/bundle.ts";
import type { PlanExecutionResult } from "../../../functions/messages/plan-execution.ts";
import type { PlanRequestInput } from "../../../functions/messages/plan-request.ts";
import { ArchiveBucket } from "../archive-bucket.ts";
import { RoleProcess } from "../role-process.ts";
import { AUDIENCE, CALLER, idToken } from "../runtime-tokens.ts";
import { tarball } from "./tarball.ts";
import type { TreeFile } from "./tarball.ts";

export const HEAD = "0123456789abcdef0123456789abcdef01234567";
export const ARCHIVE = "archive-the-archive-of-this-very-test.tar.gz";

export type Answer = PlanExecutionResult & { readonly ok?: boolean };

/** plan-executor in a process of its own, beside a bucket of archives. */
export class Executor {
  readonly role: RoleProcess;
  readonly archives: ArchiveBucket;

  private constructor(role: RoleProcess, archives: ArchiveBucket) {
    this.role = role;
    this.archives = archives;
  }

  /** Starts it with these variables besides those that it must have. */
  static async start(variables: Readonly<Record<string, string>>): Promise<Executor> {
    const archives = await ArchiveBucket.start();
    const { folder } = await bundle("plan-executor");
    const role = await RoleProcess.start(folder, "plan-executor", {
      PROJECT_ID: "p",
      CHECKOUTS_BUCKET: "p-plan-checkouts",
      STORAGE_EMULATOR_HOST: archives.origin,
      NO_PROXY: "127.0.0.1",
      AUDIENCE,
      CALLER_SA: CALLER,
      PRIVATE: "true",
      ALLOWED_PROVIDERS: '["hashicorp/*"]',
      ...variables,
    });
    return new Executor(role, archives);
  }

  async stop(): Promise<void> {
    await this.role.stop("SIGKILL");
    this.archives.stop();
  }

  /** Lets the archive of HEAD hold these files. */
  serve(files: Readonly<Record<string, TreeFile>>): void {
    this.archives.reset();
    this.archives.objects.set(ARCHIVE, tarball(files));
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
        archive: ARCHIVE,
        budget_ms: options.budgetMs ?? 60_000,
      }),
      ...(options.signal !== undefined && { signal: options.signal }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as Answer, text };
  }
}
