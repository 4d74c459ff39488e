/**
 * Webhook deliveries: docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers. GitHub tries each once;
 * only a person asks for another try.
 */
import { createHmac, randomUUID } from "node:crypto";
import type { Clock } from "../../clock.ts";
import { bodyOf, type Send } from "../../http/message.ts";
import type { Log } from "../../log.ts";
import type { App } from "./state/model.ts";

/** docs.github.com/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks: "from the past 3 days". */
const KEPT_MS = 3 * 24 * 60 * 60 * 1000;

export interface Attempt {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Undefined when no answer came in time. */
  readonly status: number | undefined;
  readonly answer: string;
}

export interface Delivery {
  /** The same at every attempt. */
  readonly guid: string;
  readonly app: App;
  readonly event: string;
  readonly action: string | undefined;
  /** The exact bytes sent, at every attempt. */
  readonly body: Buffer;
  readonly attempts: Attempt[];
}

export interface WebhooksOptions {
  readonly deliver: Send;
  readonly log: Log;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

export class Webhooks {
  readonly deliveries: Delivery[] = [];
  readonly #options: WebhooksOptions;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /** Resolves once the App answered or failed to. */
  async send(app: App, event: string, action: string | undefined, payload: object): Promise<void> {
    const body = Buffer.from(JSON.stringify({ action, ...payload }));
    const delivery = { guid: randomUUID(), app, event, action, body, attempts: [] };
    this.#forgetBefore(this.#options.clock.now() - KEPT_MS);
    this.deliveries.push(delivery);
    await this.#attempt(delivery);
  }

  #forgetBefore(time: number): void {
    const kept = this.deliveries.findIndex(({ attempts: [first] }) => (first?.at ?? time) >= time);
    this.deliveries.splice(0, kept < 0 ? this.deliveries.length : kept);
  }

  /** Sends the same bytes under the same GUID again, as the App's settings page does. */
  async redeliver(guid: string): Promise<void> {
    const delivery = this.deliveries.find((each) => each.guid === guid);
    if (delivery === undefined) throw new Error(`There is no webhook delivery ${guid}.`);
    await this.#attempt(delivery);
  }

  /** Resolves when no delivery is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const attempt = this.#post(delivery).finally(() => this.#underWay.delete(attempt));
    this.#underWay.add(attempt);
    await attempt;
  }

  async #post(delivery: Delivery): Promise<void> {
    const { app, event, guid, body, attempts } = delivery;
    const { deliver, clock, log, timeoutMs } = this.#options;
    const at = clock.now();
    const timeout = deadline(timeoutMs);
    try {
      const answered = deliver({
        method: "POST",
        url: new URL(app.webhookUrl),
        headers: [
          ["Accept", "*/*"],
          ["Content-Type", "application/json"],
          ["User-Agent", "GitHub-Hookshot/0000000"],
          ["X-GitHub-Delivery", guid],
          ["X-GitHub-Event", event],
          ["X-GitHub-Hook-ID", String(app.id)],
          ["X-GitHub-Hook-Installation-Target-ID", String(app.id)],
          ["X-GitHub-Hook-Installation-Target-Type", "integration"],
          ["X-Hub-Signature-256", `sha256=${hmac(app.webhookSecret, body)}`],
        ],
        body,
        signal: timeout.signal,
      });
      const response = await Promise.race([answered, timeout.passed]);
      const answer = (await Promise.race([bodyOf(response), timeout.passed])).toString();
      attempts.push({ at, status: response.status, answer });
    } catch (error) {
      attempts.push({ at, status: undefined, answer: String(error) });
    } finally {
      timeout.cancel();
    }
    const { status, answer } = attempts.at(-1) ?? { status: undefined, answer: "" };
    const failed = status === undefined || status >= 400;
    log({
      source: "github",
      severity: failed ? "WARNING" : "INFO",
      message: `webhook ${named(delivery)} to ${app.slug}: ${status ?? answer}`,
      fields: { delivery: guid },
    });
  }
}

function named({ event, action }: Delivery): string {
  return action === undefined ? event : `${event}.${action}`;
}

function hmac(secret: string, body: Buffer): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

interface Deadline {
  readonly signal: AbortSignal;
  /** Rejects when time is up, whatever the other side does with the signal. */
  readonly passed: Promise<never>;
  readonly cancel: () => void;
}

function deadline(ms: number): Deadline {
  const controller = new AbortController();
  const { promise: passed, reject } = Promise.withResolvers<never>();
  passed.catch(() => undefined);
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${ms} ms`);
    controller.abort(error);
    reject(error);
  }, ms);
  timer.unref();
  return { signal: controller.signal, passed, cancel: () => clearTimeout(timer) };
}
