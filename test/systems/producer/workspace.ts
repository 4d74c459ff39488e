/** A workspace of its own for a story: workflows that call tools in it, and the bridge that is started for it. */
import { setTimeout as delay } from "node:timers/promises";
import type { ToolCalled } from "../../../local/outside/workflows/people/tool-call.ts";
import { workflowsOf } from "../../../local/systems/producer/attach.ts";
import type { Answer, TestPlatform } from "../../support/platform.ts";

/**
 * What a suite's producer is told: orders are looked for each second, and a run is so short that a tool of ten minutes does
 * not fit in it. A first start looks far back: events have the time of a clock that stands still, starts have wall time.
 */
export const SHORT_RUNS = {
  producer: {
    START_LOOKBACK_MS: "3600000",
    WATCH_SECONDS: "1",
    RECONNECT_BACKOFF_MS: "50",
    TIMEOUT_SECONDS: "120",
    RUN_MARGIN_SECONDS: "1",
    TOOL_TIMEOUT_SECONDS: "5",
  },
};

const POLL_MS = 5;
const SESSION = "session";
let made = 0;

export class Workspace {
  readonly user: string;
  /** Unlike any other story's: a project has one lock. */
  readonly project = `project-${++made}`;
  readonly #platform: TestPlatform;

  constructor(platform: TestPlatform, user = "user-1") {
    this.#platform = platform;
    this.user = user;
  }

  /** Whose it is, as the API names them. */
  get who(): Readonly<Record<string, string>> {
    return {
      userId: this.user,
      projectId: this.project,
      workspaceId: "workspace",
      sessionId: SESSION,
    };
  }

  /** Where its files are in the work bucket. */
  get prefix(): string {
    return `${this.user}/${this.project}/${SESSION}/`;
  }

  /** What a workflow does that wants a tool run. */
  call(tool: string, args: Readonly<Record<string, unknown>>): ToolCalled {
    const { user, project } = this;
    const where = { user, project, workspace: "workspace", session: SESSION };
    return this.#workflows.callTool({ ...where, tool, arguments: args });
  }

  /** Asks producer-control as the developer. */
  async ask(path: string, body: object = {}): Promise<Answer> {
    return this.#platform.asDeveloper("producer-control", `/producer/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: { ...this.who, ...body },
    });
  }

  /** Starts a bridge, and ends it when all of these are answered. */
  bridge(calls: readonly ToolCalled[]): Promise<Answer> {
    return this.working(() => this.ask("start"), calls);
  }

  /**
   * Begins something for which a bridge works, and ends that bridge when all of these are answered, or when nobody works who
   * could. Returns how the beginning was answered.
   */
  async working(
    begin: () => Promise<Answer>,
    calls: readonly ToolCalled[],
    isDone = () => calls.every((call) => this.answers(call).length > 0),
  ): Promise<Answer> {
    const begun = await begin();
    await this.through(this.#platform.settle(), isDone);
    return begun;
  }

  /** Waits for the end of what a bridge takes part in, and ends that bridge as soon as it is done. */
  async through(work: Promise<void>, isDone: () => boolean): Promise<void> {
    const over = new AbortController();
    const working = work.finally(() => over.abort());
    while (!over.signal.aborted && !isDone()) await delay(POLL_MS);
    await this.ask("stop");
    await working;
  }

  /** The bodies that were taken for a callback. */
  answers({ callbackId }: ToolCalled): readonly unknown[] {
    return this.#workflows.records.callbacks.all
      .filter(({ id, status }) => id === callbackId && status === 200)
      .map(({ body }) => body);
  }

  /** The events behind which the cursor stood, oldest first. */
  get committed(): readonly string[] {
    return this.#workflows.records.cursors.all
      .filter(({ user, project }) => user === this.user && project === this.project)
      .map(({ eventId }) => eventId);
  }

  /** Who took the lock, and who let go of it. */
  get locks(): readonly string[] {
    return this.#workflows.records.locks.all
      .filter(({ user, project }) => user === this.user && project === this.project)
      .map(({ kind }) => kind);
  }

  get #workflows() {
    return workflowsOf(this.#platform.cloud);
  }
}
