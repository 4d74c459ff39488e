/** StreamingPull: messages go down as they come, acknowledgements and deadlines come up. Source: pubsub.proto. */
import type { protos } from "@google-cloud/pubsub";
import type { ApiError } from "../../../errors.ts";
import type { Call, Stream } from "../../api.ts";
import type { Lease } from "../backlog.ts";
import { invalid } from "../fields.ts";
import { MAX_MESSAGES_PER_PULL } from "../limits.ts";
import { receivedMessage, sizeOf } from "../messages.ts";
import { acknowledgeAll, modifyAll, pulledSubscription } from "./pull-operations.ts";
import type { PubSubState } from "../state.ts";
import type { Consumer, Subscription } from "../topics/topics.ts";
import { checkAckDeadline } from "../subscriptions/subscription-settings.ts";

type Request = protos.google.pubsub.v1.IStreamingPullRequest;
type Response = protos.google.pubsub.v1.IStreamingPullResponse;

/** Until the client has no more to say, goes away, or the subscription is no more. */
export async function streamingPull(
  first: Request,
  stream: Stream<Request, Response>,
  { state, cloud }: Call<PubSubState>,
): Promise<void> {
  const subscription = pulledSubscription(state, first.subscription);
  const subscriber = new StreamSubscriber(state, subscription, first, stream.send);
  stream.signal.addEventListener("abort", subscriber.leave, { once: true });
  const listen = async (): Promise<void> => {
    answer(state, subscription, first);
    for await (const request of stream.requests) {
      subscription.usedAt = cloud.clock.now();
      refuseInitial(request);
      if (isGiven(request.streamAckDeadlineSeconds)) {
        subscriber.ackDeadlineSeconds = checkAckDeadline(request.streamAckDeadlineSeconds);
      }
      answer(state, subscription, request);
    }
  };
  subscription.consumers.add(subscriber);
  subscription.usedAt = cloud.clock.now();
  try {
    subscriber.wake();
    await Promise.race([listen(), subscriber.closed]);
  } finally {
    subscriber.leave();
  }
}

class StreamSubscriber implements Consumer {
  ackDeadlineSeconds: number;
  /** Resolves when the stream has ended, rejects when Pub/Sub ends it. */
  readonly closed: Promise<void>;
  readonly leave: () => void;
  readonly close: (reason: ApiError) => void;
  readonly #state: PubSubState;
  readonly #subscription: Subscription;
  readonly #send: (response: Response) => Promise<void>;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  #messages = 0;
  #bytes = 0;
  #isSending = false;
  #hasLeft = false;

  constructor(
    state: PubSubState,
    subscription: Subscription,
    first: Request,
    send: (response: Response) => Promise<void>,
  ) {
    this.#state = state;
    this.#subscription = subscription;
    this.#send = send;
    this.ackDeadlineSeconds = checkAckDeadline(first.streamAckDeadlineSeconds ?? 0);
    this.#maxMessages = limitOf(first.maxOutstandingMessages);
    this.#maxBytes = limitOf(first.maxOutstandingBytes);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.closed = promise;
    this.leave = () => {
      this.#hasLeft = true;
      subscription.consumers.delete(this);
      resolve(undefined);
    };
    this.close = reject;
  }

  /** Sends what is there and fits. While the client cannot take more, nothing is taken from the subscription. */
  readonly wake = (): void => {
    if (this.#isSending || this.#hasLeft) return;
    const leases: Lease[] = [];
    while (leases.length < MAX_MESSAGES_PER_PULL && this.#hasRoom()) {
      const lease = this.#take();
      if (lease === undefined) break;
      leases.push(lease);
    }
    if (leases.length === 0) return;
    this.#isSending = true;
    const receivedMessages = leases.map((lease) => receivedMessage(this.#subscription, lease));
    const { isOrdered } = this.#subscription.settings;
    const subscriptionProperties = { messageOrderingEnabled: isOrdered };
    void this.#send({ receivedMessages, subscriptionProperties }).then(() => {
      this.#isSending = false;
      this.wake();
    });
  };

  #hasRoom(): boolean {
    return this.#messages < this.#maxMessages && this.#bytes < this.#maxBytes;
  }

  #take(): Lease | undefined {
    let bytes = 0;
    const ended = (): void => {
      this.#messages -= 1;
      this.#bytes -= bytes;
    };
    const { courier } = this.#state;
    const lease = courier.lease(this.#subscription, this.ackDeadlineSeconds, ended);
    if (lease === undefined) return undefined;
    bytes = sizeOf(lease.entry.message);
    this.#messages += 1;
    this.#bytes += bytes;
    return lease;
  }
}

function answer(state: PubSubState, subscription: Subscription, request: Request): void {
  const ids = request.modifyDeadlineAckIds ?? [];
  const seconds = request.modifyDeadlineSeconds ?? [];
  if (ids.length !== seconds.length) {
    throw invalid("ack IDs and deadlines must have the same size");
  }
  modifyAll(
    state,
    subscription,
    ids.map((id, index) => [id, seconds[index] ?? 0]),
  );
  acknowledgeAll(state, subscription, request.ackIds ?? []);
}

/** What only the first request may say. */
function refuseInitial(request: Request): void {
  const { subscription, maxOutstandingMessages, maxOutstandingBytes, protocolVersion } = request;
  const isRepeated =
    isGiven(maxOutstandingMessages) || isGiven(maxOutstandingBytes) || isGiven(protocolVersion);
  if ((subscription ?? "") === "" && !isRepeated) return;
  throw invalid(
    "Subscription, flow control and protocol version may be set in the first request of a stream only.",
  );
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined && value !== 0;
}

/** "If the value is <= 0, there is no limit" */
function limitOf(value: Request["maxOutstandingMessages"]): number {
  const limit = Number(value ?? 0);
  return limit <= 0 ? Infinity : limit;
}
