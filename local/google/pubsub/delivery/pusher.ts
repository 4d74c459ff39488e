/** Pushes the messages of one subscription to its endpoint, as many at once as the window allows. */
import type { Cloud } from "../../api.ts";
import type { Lease, Outcome } from "../backlog.ts";
import type { Consumer, Subscription } from "../topics/topics.ts";
import { pushLine } from "./push-log.ts";
import { acknowledges, push, type Answer } from "./push-request.ts";
import { PushWindow } from "./push-window.ts";

/** Where its messages come from, and who is told what became of them: the courier. */
interface Leases {
  lease(subscription: Subscription, seconds: number, ended: Lease["ended"]): Lease | undefined;
  ack(subscription: Subscription, ackId: string): void;
  nack(subscription: Subscription, ackId: string): void;
}

export class Pusher implements Consumer {
  readonly #cloud: Cloud;
  readonly #leases: Leases;
  readonly #subscription: Subscription;
  readonly #window = new PushWindow();
  #inFlight = 0;
  #isPlanned = false;
  #isClosed = false;

  constructor(cloud: Cloud, leases: Leases, subscription: Subscription) {
    this.#cloud = cloud;
    this.#leases = leases;
    this.#subscription = subscription;
  }

  /** Through the clock, so that whoever moves it waits for the requests. */
  readonly wake = (): void => {
    if (this.#isPlanned || this.#isClosed) return;
    this.#isPlanned = true;
    const { clock } = this.#cloud;
    clock.at(clock.now(), () => this.#pushAll());
  };

  /** What is under way ends as it will; nothing more is sent. */
  readonly close = (): void => {
    this.#isClosed = true;
  };

  /** Starts all requests that may start now; the promise ends with the last of them. */
  #pushAll(): Promise<void> | undefined {
    this.#isPlanned = false;
    const attempts: Promise<void>[] = [];
    while (!this.#isClosed && this.#inFlight < this.#window.size) {
      const ended = Promise.withResolvers<Outcome>();
      const { ackDeadlineSeconds } = this.#subscription.settings;
      const lease = this.#leases.lease(this.#subscription, ackDeadlineSeconds, ended.resolve);
      if (lease === undefined) break;
      attempts.push(this.#attempt(lease, ended.promise));
    }
    return attempts.length === 0 ? undefined : Promise.all(attempts).then(() => undefined);
  }

  /** One request, ended by its answer or by what else ends the lease: the ack deadline, the end of the subscription. */
  async #attempt(lease: Lease, ended: Promise<Outcome>): Promise<void> {
    const { push: settings, ackDeadlineSeconds } = this.#subscription.settings;
    if (settings === undefined) return;
    this.#inFlight += 1;
    const number = lease.entry.failures + 1;
    const request = new AbortController();
    const reason = `nothing within ${ackDeadlineSeconds} s`;
    const overtaken = ended.then((): Answer => ({ answered: false, reason }));
    const asked = push(this.#cloud, this.#subscription, settings, lease.entry, request.signal);
    const answer = await Promise.race([asked, overtaken]);
    const isDone = acknowledges(answer);
    if (isDone) this.#leases.ack(this.#subscription, lease.ackId);
    else this.#leases.nack(this.#subscription, lease.ackId);
    request.abort(new Error(reason));
    const outcome = await ended;
    this.#inFlight -= 1;
    if (isDone) this.#window.succeeded();
    else this.#window.failed();
    if (outcome.kind !== "gone") {
      this.#cloud.log(pushLine(this.#subscription, settings, lease.entry, number, answer, outcome));
    }
    this.wake();
  }
}
