/** A platform whose roles can be held at a point of their work. */
import { setTimeout as delay } from "node:timers/promises";
import { bodyOf, type Send } from "../../../local/http/message.ts";
import { GITHUB_HOSTS } from "../../../local/outside/github/index.ts";
import { TestPlatform } from "../../support/platform.ts";
import { ScriptedTofu } from "../../support/scripted-tofu.ts";
import { planRunnerWith } from "../../support/plan-runner.ts";
import { gitHubOf } from "../../../local/systems/plan-runner/attach.ts";

type Step = "init" | "plan" | "show";

interface Awaited {
  readonly which: RegExp;
  readonly when: "before" | "after";
  readonly reached: () => void;
}

/** Who dies leaves leases behind; as short as the runner takes them, so that they are soon over. */
const SHORT_LEASES = { LEASE_SECONDS: "5", COMMENT_LEASE_SECONDS: "5", LEASE_RENEW_SECONDS: "1" };
const POLL_MS = 2;

export class Scene {
  readonly platform: TestPlatform;
  readonly #tofu: ScriptedTofu;
  #awaited: Awaited | undefined;
  #held = Promise.withResolvers<undefined>();
  #heldStep: Step | undefined;

  /** A platform with an OpenTofu that does as it is told; it is to be started, and ended with `end`. */
  static async create(): Promise<Scene> {
    return new Scene(await ScriptedTofu.create());
  }

  private constructor(tofu: ScriptedTofu) {
    this.#tofu = tofu;
    this.platform = new TestPlatform({
      ...planRunnerWith({ tofu: tofu.path }),
      env: { "plan-runner": SHORT_LEASES },
      standIns: new Map(GITHUB_HOSTS.map((host) => [host, this.#gitHub])),
    });
  }

  async end(): Promise<void> {
    await this.platform.stop();
    await this.#tofu.remove();
  }

  /**
   * Resolves when the next request of GitHub that fits is about to be carried out, or has been and is not answered.
   * @param which tried on `METHOD /path body`
   */
  async asks(which: RegExp, when: "before" | "after"): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#awaited = { which, when, reached: () => resolve(undefined) };
    await promise;
  }

  /** Resolves when OpenTofu has begun that command, which does not end. */
  async runs(step: Step): Promise<void> {
    const begun = async (): Promise<number> =>
      (await this.#tofu.calls()).filter((call) => call === step).length;
    const before = await begun();
    this.#heldStep = step;
    await this.#tofu.hold(step);
    while ((await begun()) === before) await delay(POLL_MS);
  }

  /** Resolves when the role has logged that from now on. */
  async logs(role: string, message: string): Promise<void> {
    const { log } = this.platform;
    const from = log.length;
    const isThere = (): boolean =>
      log.slice(from).some((entry) => entry.source === role && entry.message === message);
    while (!isThere()) await delay(POLL_MS);
  }

  /** Whoever is held and lives goes on: requests find their connection broken, OpenTofu what it was asked next. */
  async letGo(): Promise<void> {
    this.#held.resolve(undefined);
    this.#held = Promise.withResolvers();
    if (this.#heldStep !== undefined) await this.#tofu.free(this.#heldStep);
    this.#heldStep = undefined;
  }

  readonly #gitHub: Send = async (request) => {
    const body = await bodyOf(request);
    const github = gitHubOf(this.platform.cloud);
    const awaited = this.#take(`${request.method} ${request.url.pathname} ${body.toString()}`);
    const answer = awaited?.when === "before" ? undefined : await github.send({ ...request, body });
    if (awaited === undefined && answer !== undefined) return answer;
    const { promise } = this.#held;
    awaited?.reached();
    await promise;
    throw new Error("The connection broke on order.");
  };

  /** Whether this request is the one that is awaited, which it is once. */
  #take(text: string): Awaited | undefined {
    const awaited = this.#awaited;
    if (awaited?.which.test(text) !== true) return undefined;
    this.#awaited = undefined;
    return awaited;
  }
}
