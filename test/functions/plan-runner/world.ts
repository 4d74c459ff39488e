import type {
  PlanExecution,
  PlanExecutionResult,
} from "../../../functions/messages/plan-execution.ts";
import type { Delivery } from "../../../functions/plan-runner/run-plan.ts";
import type {
  Check,
  CheckState,
  Comment,
  Ports,
  PullRequest,
  PullRequestState,
  Settings,
  Target,
} from "../../../functions/plan-runner/ports.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { TimeByHand } from "../../support/time-by-hand.ts";
import { SHA, planned } from "./builders.ts";

export const NOON = Date.parse("2026-01-01T12:00:00Z");

interface StoredComment extends Comment {
  body: string;
  isHidden: boolean;
}

/** A pull request in memory that remembers what was done to it. */
export class PullRequestInMemory implements PullRequest {
  state: PullRequestState = {
    headSha: SHA,
    isOpen: true,
    headRepo: "acme/infra",
    baseRef: "main",
    updatedAt: "2026-01-01T11:59:00Z",
  };
  readonly stored: StoredComment[] = [];
  readonly checks: (Check & CheckState)[] = [];
  /** Names of the calls, in order. */
  readonly calls: string[] = [];
  /** Called first by every method with its name; throws to let it fail. What it promises is waited for. */
  before: (call: string, body?: string) => unknown = () => undefined;
  #ids = 100;

  read(): Promise<PullRequestState> {
    return this.#doing("read", () => this.state);
  }

  comments(): Promise<readonly Comment[]> {
    return this.#doing("comments", () => [...this.stored]);
  }

  post(body: string): Promise<Comment> {
    return this.#doing("post", () => this.add(body), body);
  }

  edit(id: number, body: string): Promise<Comment | undefined> {
    const change = () => {
      const comment = this.stored.find((each) => each.id === id);
      if (comment !== undefined) Object.assign(comment, { body, opening: body.slice(0, 1_000) });
      return comment;
    };
    return this.#doing(`edit ${id}`, change, body);
  }

  remove({ id }: Comment): Promise<void> {
    const index = this.stored.findIndex((each) => each.id === id);
    return this.#doing(`remove ${id}`, () => void this.stored.splice(index, 1));
  }

  hide({ id }: Comment): Promise<void> {
    const comment = this.stored.find((each) => each.id === id);
    return this.#doing(`hide ${id}`, () => {
      if (comment !== undefined) comment.isHidden = true;
    });
  }

  setCheck(check: Check, state: CheckState): Promise<void> {
    const call = `check ${state.conclusion ?? state.status}`;
    return this.#doing(call, () => void this.checks.push({ ...check, ...state }));
  }

  settleCheck(check: Check, state: CheckState): Promise<void> {
    return this.#doing("settle", () => {
      const last = this.checks.findLast(
        ({ headSha, name }) => headSha === check.headSha && name === check.name,
      );
      if (last?.status === "in_progress") this.checks.push({ ...check, ...state });
    });
  }

  /** Puts a comment of our own App there. */
  add(body: string): StoredComment {
    const id = ++this.#ids;
    const url = `https://github.com/acme/infra/pull/7#issuecomment-${id}`;
    const opening = body.slice(0, 1_000);
    const comment = { id, nodeId: `n${id}`, url, opening, body, isHidden: false };
    this.stored.push(comment);
    return comment;
  }

  get bodies(): string[] {
    return this.stored.map(({ body }) => body);
  }

  async #doing<T>(call: string, action: () => T, body?: string): Promise<T> {
    await Promise.resolve();
    this.calls.push(call);
    await this.before(call, body);
    return action();
  }
}

/** What the runner meets, in memory, at noon. */
export class World extends TimeByHand {
  readonly pull = new PullRequestInMemory();
  readonly objects = new ObjectsInMemory();
  readonly executions: PlanExecution[] = [];
  /** Commits that GitHub was asked for. */
  readonly downloads: string[] = [];
  /** What was kept, by name. */
  readonly archives = new Map<string, string>();
  readonly waits: number[] = [];
  readonly opened: Target[] = [];
  readonly lines: { severity: string; message: string; fields: Record<string, unknown> }[] = [];
  /** Aborted when nobody waits for the outcome any more. */
  readonly gone = new AbortController();
  /** What the executor does. */
  work: (signal: AbortSignal) => Promise<PlanExecutionResult> = () => Promise.resolve(planned());
  /** What GitHub sends for a commit. */
  download: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>> = () =>
    Promise.resolve(arriving("the archive"));
  /** Called with every wait; time has passed by then. */
  afterWait: () => void = () => undefined;
  /** Called when a token is asked for; throws to refuse it. */
  onToken: (what: "comments" | "checkout") => void = () => undefined;
  settings: Settings = {
    baseUrl: "https://api.github.com",
    stateBucket: "p-plan-state",
    leaseSeconds: 60,
    renewSeconds: 20,
    commentLeaseSeconds: 60,
    planSeconds: 540,
    maxCharacters: 60_000,
    maxParts: 5,
    hasPlanLinks: false,
  };
  #ids = 0;

  constructor() {
    super(NOON);
  }

  get ports(): Ports {
    return {
      gitHub: {
        open: async (target) => {
          await Promise.resolve();
          this.onToken("comments");
          this.opened.push(target);
          return this.pull;
        },
        archive: async (_target, sha, signal) => {
          await Promise.resolve();
          this.onToken("checkout");
          this.downloads.push(sha);
          return this.download(signal);
        },
      },
      archives: {
        keep: async (archive) => {
          let content = "";
          for await (const chunk of archive) content += Buffer.from(chunk).toString();
          const name = `archive-${this.archives.size + 1}`;
          this.archives.set(name, content);
          return name;
        },
      },
      executor: {
        execute: (execution, signal) => {
          this.executions.push(execution);
          return this.work(signal);
        },
      },
      objects: this.objects,
      now: () => this.now,
      newId: () => `id-${(this.#ids += 1)}`,
      wait: async (seconds) => {
        this.waits.push(seconds);
        await this.tick(seconds);
        this.afterWait();
      },
      every: this.every,
      after: this.after,
      settings: this.settings,
    };
  }

  delivery(difference: Partial<Delivery> = {}): Delivery {
    return {
      receivedAt: this.now,
      publishedAt: new Date(this.now - 250),
      signal: this.gone.signal,
      log: this.log,
      ...difference,
    };
  }

  readonly log: Delivery["log"] = (severity, message, fields = {}) => {
    this.lines.push({ severity, message, fields });
  };

  /** Names of the objects of a folder. */
  stored(folder: string): string[] {
    return [...this.objects.stored.keys()].filter((name) => name.startsWith(folder));
  }
}

/** An archive on its way. */
export async function* arriving(content: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(content);
}

/** A promise's executor that waits until it is told, and gives up when its signal is aborted. */
export function untilAborted(signal: AbortSignal, error: Error): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(error));
  });
}

/** Lets everything that is already under way go on as far as it can. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}
